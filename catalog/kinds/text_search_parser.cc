// TEXT SEARCH PARSER. It has no owner.

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
  kStart,
  kToken,
  kEnd,
  kHeadline,  // NULL: none
  kLexTypes,
};

// A function's name is enough, its arguments are given by its part.
std::string ParsersSql() {
  return absl::StrCat(
      "SELECT p.oid, n.nspname, p.prsname, "
      "p.prsstart::pg_catalog.regproc, p.prstoken::pg_catalog.regproc, "
      "p.prsend::pg_catalog.regproc, "
      "nullif(p.prsheadline::pg_catalog.oid, 0)::pg_catalog.regproc, "
      "p.prslextype::pg_catalog.regproc "
      "FROM pg_catalog.pg_ts_parser p "
      "JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace WHERE ",
      kUserSchema);
}

std::string CreateStatement(pg::Row row) {
  return absl::StrCat(
      "CREATE TEXT SEARCH PARSER ",
      pg::QualifiedName(row.text(kSchema), row.text(kName)),
      " (\n    START = ", row.text(kStart),
      ",\n    GETTOKEN = ", row.text(kToken), ",\n    END = ", row.text(kEnd),
      row.is_null(kHeadline)
          ? ""
          : absl::StrCat(",\n    HEADLINE = ", row.text(kHeadline)),
      ",\n    LEXTYPES = ", row.text(kLexTypes), " )");
}

absl::Status CollectParsers(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(ParsersSql()));
  for (pg::Row row : result) {
    AddNamedObject(collector, {catalog_oid::kTsParser, row.oid(kOid)},
                   "TEXT SEARCH PARSER", {row.str(kSchema), row.str(kName), ""},
                   {CreateStatement(row)});
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTextSearchParserKind = {"TEXT SEARCH PARSER",
                                           CollectParsers};

}  // namespace pgbale
