// FUNCTION and PROCEDURE: functions (window functions too) and procedures, in
// any language, with bodies as text, as a library's symbol or as parsed SQL.
// Aggregates are a kind of their own.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/extension_dependency.h"
#include "catalog/routine_parts.h"
#include "catalog/setting.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kSchema,
  kName,
  kOwner,
  kProkind,
  kArgumentTypes,
  kIdentityArguments,
  kArguments,
  kResult,
  kLanguage,
  kTransforms,
  kVolatility,
  kStrict,
  kSecurityDefiner,
  kLeakproof,
  kCost,
  kRows,
  kReturnsSet,
  kSupport,
  kParallel,
  kSettings,
  kSource,
  kLibrary,
  kSqlBody,
  kExtensions,
  kSortDetail
};

// Left out: what is an internal part of something else, as a range type's
// constructors are.
std::string RoutinesSql(int server_major) {
  return absl::StrCat(
      "SELECT p.oid, n.nspname, p.proname, "
      "pg_catalog.pg_get_userbyid(p.proowner), p.prokind, "
      "pg_catalog.oidvectortypes(p.proargtypes), "
      "pg_catalog.pg_get_function_identity_arguments(p.oid), "
      "pg_catalog.pg_get_function_arguments(p.oid), "
      "pg_catalog.pg_get_function_result(p.oid), l.lanname, "
      "CASE WHEN p.protrftypes IS NOT NULL THEN "
      "(SELECT pg_catalog.string_agg('FOR TYPE ' || "
      "pg_catalog.format_type(t.oid, NULL), ', ' ORDER BY t.ordinal) "
      "FROM pg_catalog.unnest(p.protrftypes) "
      "WITH ORDINALITY t(oid, ordinal)) END, "
      "p.provolatile, p.proisstrict, p.prosecdef, p.proleakproof, p.procost, "
      "p.prorows, p.proretset, "
      "CASE WHEN p.prosupport <> 0 THEN p.prosupport END, p.proparallel, "
      "p.proconfig, p.prosrc, p.probin, ",
      server_major >= 14 ? "pg_catalog.pg_get_function_sqlbody(p.oid)" : "NULL",
      ", ex.names, ", kRoutineSortDetail,
      " FROM pg_catalog.pg_proc p "
      "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
      "JOIN pg_catalog.pg_language l ON l.oid = p.prolang",
      ExtensionNamesJoin(catalog_oid::kProc, "p.oid"),
      "WHERE p.prokind IN ('f', 'p', 'w') AND ", kUserSchema,
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
      "WHERE d.classid = ",
      catalog_oid::kProc,
      " AND d.objid = p.oid AND d.deptype = 'i') ORDER BY p.oid");
}

// Behind LANGUAGE and on its line, in pg_dump's order.
std::string Attributes(pg::Row row) {
  std::string text;
  if (!row.is_null(kTransforms))
    absl::StrAppend(&text, " TRANSFORM ", row.text(kTransforms));
  if (row.text(kProkind) == "w") absl::StrAppend(&text, " WINDOW");
  if (row.text(kVolatility) == "i") absl::StrAppend(&text, " IMMUTABLE");
  if (row.text(kVolatility) == "s") absl::StrAppend(&text, " STABLE");
  if (row.boolean(kStrict)) absl::StrAppend(&text, " STRICT");
  if (row.boolean(kSecurityDefiner))
    absl::StrAppend(&text, " SECURITY DEFINER");
  if (row.boolean(kLeakproof)) absl::StrAppend(&text, " LEAKPROOF");
  // The defaults of CREATE FUNCTION; 0 means that the kind has no cost.
  const bool compiled =
      row.text(kLanguage) == "c" || row.text(kLanguage) == "internal";
  const absl::string_view cost = row.text(kCost);
  if (cost != "0" && cost != (compiled ? "1" : "100"))
    absl::StrAppend(&text, " COST ", cost);
  const absl::string_view rows = row.text(kRows);
  if (row.boolean(kReturnsSet) && rows != "0" && rows != "1000")
    absl::StrAppend(&text, " ROWS ", rows);
  if (!row.is_null(kSupport))
    absl::StrAppend(&text, " SUPPORT ", row.text(kSupport));
  if (row.text(kParallel) == "s") absl::StrAppend(&text, " PARALLEL SAFE");
  if (row.text(kParallel) == "r")
    absl::StrAppend(&text, " PARALLEL RESTRICTED");
  return text;
}

std::string Definition(pg::Row row) {
  if (!row.is_null(kSqlBody)) return row.str(kSqlBody);
  const absl::string_view source = row.text(kSource);
  if (row.text(kLibrary).empty())
    return absl::StrCat("AS ", pg::DollarQuote(source));
  std::string text = absl::StrCat("AS ", pg::QuoteLiteral(row.text(kLibrary)));
  if (source.empty()) return text;
  const bool plain = source.find_first_of("'\\") == source.npos;
  absl::StrAppend(&text, ", ",
                  plain ? pg::QuoteLiteral(source) : pg::DollarQuote(source));
  return text;
}

// `type`: FUNCTION or PROCEDURE; `name`: qualified and quoted.
std::string CreateStatement(pg::Row row, const std::string& type,
                            const std::string& name) {
  std::string sql =
      absl::StrCat("CREATE ", type, " ", name, "(", row.text(kArguments), ")");
  if (!row.is_null(kResult))
    absl::StrAppend(&sql, " RETURNS ", row.text(kResult));
  absl::StrAppend(&sql, "\n    LANGUAGE ",
                  pg::QuoteIdentifier(row.text(kLanguage)), Attributes(row));
  for (const std::string& setting : row.array(kSettings)) {
    const std::string clause = SetClause(setting);
    if (!clause.empty()) absl::StrAppend(&sql, "\n    ", clause);
  }
  absl::StrAppend(&sql, "\n    ", Definition(row));
  return sql;
}

void AddRoutine(Collector& collector, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kProc, row.oid(kOid)});
  const std::string type = row.text(kProkind) == "p" ? "PROCEDURE" : "FUNCTION";
  const std::string name =
      pg::QualifiedName(row.text(kSchema), row.text(kName));
  const std::string signature =
      absl::StrCat(name, "(", row.text(kIdentityArguments), ")");
  object.tag = type;
  object.schema = row.str(kSchema);
  object.name =
      absl::StrCat(row.text(kName), "(", row.text(kArgumentTypes), ")");
  object.owner = row.str(kOwner);
  object.target = absl::StrCat(type, " ", signature);
  object.grant_target = object.target;
  object.acl_kind = 'f';
  // A parsed body may need a primary key (GROUP BY), which comes after data.
  object.loop_break = LoopBreak::kPostpone;
  object.sort_detail = row.str(kSortDetail);

  std::vector<std::string> create = {CreateStatement(row, type, name)};
  AddDependsOnExtension(object.target, row.array(kExtensions), create);
  object.body = std::make_shared<SqlBody>(std::move(create), type, signature);
}

absl::Status CollectRoutines(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(RoutinesSql(collector.server_major())));
  for (pg::Row row : result) AddRoutine(collector, row);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRoutineKind = {.tag = "FUNCTION",
                                  .collect = CollectRoutines,
                                  .early_queries = OneQuery<RoutinesSql>,
                                  .collect_cost = 3};

}  // namespace pgbale
