// TRANSFORM: how a language takes and gives values of a type. It has no owner
// and no name but its type and its language.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kType,
  kLanguage,
  kFromSchema,  // three columns a function; NULL: there is none
  kFromName,
  kFromArguments,
  kToSchema,
  kToName,
  kToArguments
};

std::string TransformsSql() {
  return absl::StrCat(
      "SELECT t.oid, pg_catalog.format_type(t.trftype, NULL), l.lanname, "
      "fn.nspname, f.proname, pg_catalog.oidvectortypes(f.proargtypes), "
      "pn.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes) "
      "FROM pg_catalog.pg_transform t "
      "JOIN pg_catalog.pg_language l ON l.oid = t.trflang "
      "LEFT JOIN pg_catalog.pg_proc f ON f.oid = t.trffromsql "
      "LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace "
      "LEFT JOIN pg_catalog.pg_proc p ON p.oid = t.trftosql "
      "LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace "
      "WHERE t.oid >= ",
      kFirstUserOid, " ORDER BY t.oid");
}

// `schema`: the first of the function's columns.
void AddFunction(pg::Row row, absl::string_view direction, int schema,
                 std::vector<std::string>& items) {
  const int name = schema + 1, arguments = schema + 2;
  if (row.is_null(name)) return;
  items.push_back(
      absl::StrCat(direction, " SQL WITH FUNCTION ",
                   pg::QualifiedName(row.text(schema), row.text(name)), "(",
                   row.text(arguments), ")"));
}

absl::Status CollectTransforms(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(TransformsSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kTransform, row.oid(kOid)});
    object.name = absl::StrCat("FOR ", row.text(kType), " LANGUAGE ",
                               pg::QuoteIdentifier(row.text(kLanguage)));
    object.target = absl::StrCat("TRANSFORM ", object.name);
    std::vector<std::string> functions;
    AddFunction(row, "FROM", kFromSchema, functions);
    AddFunction(row, "TO", kToSchema, functions);
    object.body =
        std::make_shared<SqlBody>(std::vector<std::string>{absl::StrCat(
                                      "CREATE ", object.target, " (",
                                      absl::StrJoin(functions, ", "), ")")},
                                  "TRANSFORM", object.name);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTransformKind = {"TRANSFORM", CollectTransforms};

}  // namespace pgbale
