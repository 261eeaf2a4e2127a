// TEXT SEARCH TEMPLATE. It has no owner.

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/named_object.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kInit,  // NULL: none
  kLexize,
};

std::string TemplatesSql() {
  return absl::StrCat(
      "SELECT t.oid, n.nspname, t.tmplname, "
      "nullif(t.tmplinit::pg_catalog.oid, 0)::pg_catalog.regproc, "
      "t.tmpllexize::pg_catalog.regproc "
      "FROM pg_catalog.pg_ts_template t "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace WHERE ",
      kUserSchema);
}

std::string CreateStatement(pg::Row row) {
  return absl::StrCat(
      "CREATE TEXT SEARCH TEMPLATE ",
      pg::QualifiedName(row.text(kSchema), row.text(kName)), " (",
      row.is_null(kInit) ? ""
                         : absl::StrCat("\n    INIT = ", row.text(kInit), ","),
      "\n    LEXIZE = ", row.text(kLexize), " )");
}

absl::Status CollectTemplates(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(TemplatesSql()));
  for (pg::Row row : result) {
    AddNamedObject(collector, {catalog_oid::kTsTemplate, row.oid(kOid)},
                   "TEXT SEARCH TEMPLATE",
                   {row.str(kSchema), row.str(kName), ""},
                   {CreateStatement(row)});
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTextSearchTemplateKind = {"TEXT SEARCH TEMPLATE",
                                             CollectTemplates};

}  // namespace pgbale
