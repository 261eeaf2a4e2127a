// POLICY: row security policies of tables.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/references.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kTable,
  kName,
  kCommand,
  kPermissive,
  kRoles,
  kUsing,
  kCheck,
  kReferenced
};

// Role 0 is PUBLIC, which stands alone: no TO then. Tables that subqueries of
// the expressions read are locked by CREATE POLICY.
std::string PoliciesSql() {
  return absl::StrCat(
      "SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polpermissive, "
      "CASE WHEN p.polroles <> '{0}' THEN "
      "ARRAY(SELECT r.rolname FROM pg_catalog.unnest(p.polroles) "
      "WITH ORDINALITY u(oid, ordinal) "
      "JOIN pg_catalog.pg_roles r ON r.oid = u.oid ORDER BY u.ordinal) END, "
      "pg_catalog.pg_get_expr(p.polqual, p.polrelid), "
      "pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), rf.relations "
      "FROM pg_catalog.pg_policy p "
      "JOIN pg_catalog.pg_class c ON c.oid = p.polrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
      ReferencedRelationsJoin(catalog_oid::kPolicy, "p.oid"),
      "WHERE c.relpersistence <> 't' AND ", kUserSchema, " ORDER BY p.oid");
}

// " FOR SELECT"; "" for all commands.
absl::string_view CommandClause(absl::string_view letter) {
  if (letter == "r") return " FOR SELECT";
  if (letter == "a") return " FOR INSERT";
  if (letter == "w") return " FOR UPDATE";
  return letter == "d" ? " FOR DELETE" : "";
}

std::string CreateStatement(pg::Row row, const std::string& identity) {
  std::string sql =
      absl::StrCat("CREATE POLICY ", identity,
                   row.boolean(kPermissive) ? "" : " AS RESTRICTIVE",
                   CommandClause(row.text(kCommand)));
  if (!row.is_null(kRoles)) {
    absl::StrAppend(&sql, " TO ",
                    absl::StrJoin(row.array(kRoles), ", ",
                                  [](std::string* out, const std::string& r) {
                                    out->append(pg::QuoteIdentifier(r));
                                  }));
  }
  if (!row.is_null(kUsing))
    absl::StrAppend(&sql, " USING (", row.text(kUsing), ")");
  if (!row.is_null(kCheck))
    absl::StrAppend(&sql, " WITH CHECK (", row.text(kCheck), ")");
  return sql;
}

void AddPolicy(Collector& collector, pg::Row row, const Relation& table) {
  Object& object = collector.Add({catalog_oid::kPolicy, row.oid(kOid)});
  object.schema = table.schema;
  object.name = row.str(kName);
  object.relation = table.name;
  object.section = Section::kPostData;
  object.aspect = Aspect::kPolicy;
  object.parent = table.address();
  object.locks = {object.parent};
  AddSharedLocks(row.array(kReferenced), object);
  object.sort_detail = table.name;
  const std::string identity =
      absl::StrCat(pg::QuoteIdentifier(object.name), " ON ", table.qualified);
  object.target = absl::StrCat("POLICY ", identity);
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{CreateStatement(row, identity)}, "POLICY",
      identity);
}

absl::Status CollectPolicies(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(PoliciesSql()));
  for (pg::Row row : result) {
    const Relation* table = collector.relations().Find(row.oid(kTable));
    if (table != nullptr) AddPolicy(collector, row, *table);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kPolicyKind = {"POLICY", CollectPolicies};

}  // namespace pgbale
