// TEXT SEARCH DICTIONARY: a template with options. The server keeps the
// options as the text of a list, which CREATE takes as it is.

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
  kOwner,
  kTemplateSchema,
  kTemplate,
  kOptions,  // NULL: none
};

std::string DictionariesSql() {
  return absl::StrCat(
      "SELECT d.oid, n.nspname, d.dictname, "
      "pg_catalog.pg_get_userbyid(d.dictowner), tn.nspname, t.tmplname, "
      "d.dictinitoption FROM pg_catalog.pg_ts_dict d "
      "JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace "
      "JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate "
      "JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace WHERE ",
      kUserSchema);
}

std::string CreateStatement(pg::Row row) {
  return absl::StrCat(
      "CREATE TEXT SEARCH DICTIONARY ",
      pg::QualifiedName(row.text(kSchema), row.text(kName)),
      " (\n    TEMPLATE = ",
      pg::QualifiedName(row.text(kTemplateSchema), row.text(kTemplate)),
      row.is_null(kOptions) ? "" : absl::StrCat(",\n    ", row.text(kOptions)),
      " )");
}

absl::Status CollectDictionaries(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(DictionariesSql()));
  for (pg::Row row : result) {
    AddNamedObject(collector, {catalog_oid::kTsDict, row.oid(kOid)},
                   "TEXT SEARCH DICTIONARY",
                   {row.str(kSchema), row.str(kName), row.str(kOwner)},
                   {CreateStatement(row)});
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTextSearchDictionaryKind = {"TEXT SEARCH DICTIONARY",
                                               CollectDictionaries};

}  // namespace pgbale
