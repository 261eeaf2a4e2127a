// TRIGGER: of tables, views and foreign tables, constraint triggers too. A
// partition's copy of a trigger comes with the partitioned table's; only a
// different enabled state, comments and extensions are said for it.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/extension_dependency.h"
#include "catalog/inheritance.h"
#include "catalog/references.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kRelation,
  kName,
  kEnabled,
  kSystem,
  kConstraint,  // 0: none
  kConstraintName,
  kAncestors,
  kStateOfItsOwn,
  kDefinition,
  kReferencedTable,
  kExtensions
};

// SQL: somebody commented on the trigger t, or on it as a constraint.
std::string IsCommented() {
  return absl::StrCat(
      "EXISTS (SELECT FROM pg_catalog.pg_description d "
      "WHERE d.classoid = ",
      catalog_oid::kTrigger,
      " AND d.objoid = t.oid OR d.classoid = ", catalog_oid::kConstraint,
      " AND d.objoid = t.tgconstraint)");
}

// Triggers of foreign keys and deferrable keys are the constraint's, made by
// the system. Copies for partitions are internal up to 14 and are not from 15
// on: in every version it is tgparentid that tells them.
std::string TriggersSql() {
  return absl::StrCat(
      "SELECT t.oid, t.tgrelid, t.tgname, t.tgenabled, "
      "coalesce(t.tgisinternal AND k.contype <> 't', false) AS system, "
      "t.tgconstraint, k.conname, CASE WHEN t.tgparentid <> 0 THEN ("
      "WITH RECURSIVE above(oid) AS (SELECT t.tgparentid UNION ALL "
      "SELECT a.tgparentid FROM pg_catalog.pg_trigger a "
      "JOIN above ON a.oid = above.oid WHERE a.tgparentid <> 0) "
      "SELECT pg_catalog.array_agg(oid) FROM above) END, "
      "t.tgenabled <> coalesce(u.tgenabled, 'O'), "
      "CASE WHEN t.tgparentid = 0 "
      "THEN pg_catalog.pg_get_triggerdef(t.oid, false) END, "
      "t.tgconstrrelid, ex.names "
      "FROM pg_catalog.pg_trigger t "
      "JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint "
      "LEFT JOIN pg_catalog.pg_trigger u ON u.oid = t.tgparentid",
      ExtensionNamesJoin(catalog_oid::kTrigger, "t.oid"),
      "WHERE c.relpersistence <> 't' AND ", kUserSchema,
      " AND CASE WHEN coalesce(t.tgisinternal AND k.contype <> 't', false) "
      "THEN t.tgenabled <> 'O' "
      "WHEN t.tgparentid <> 0 THEN t.tgenabled <> u.tgenabled "
      "OR ex.names IS NOT NULL OR ",
      IsCommented(),
      " ELSE NOT t.tgisinternal END ORDER BY t.tgrelid, t.tgname");
}

// What ALTER TABLE says before TRIGGER for a tgenabled.
absl::string_view StateWord(absl::string_view letter) {
  if (letter == "D") return "DISABLE";
  if (letter == "R") return "ENABLE REPLICA";
  return letter == "A" ? "ENABLE ALWAYS" : "ENABLE";
}

std::string StateStatement(pg::Row row, const Relation& relation) {
  return absl::StrCat("ALTER ", relation.table_keyword(), " ",
                      relation.qualified, " ", StateWord(row.text(kEnabled)),
                      " TRIGGER ", pg::QuoteIdentifier(row.text(kName)));
}

std::shared_ptr<Body> MakeBody(pg::Row row, const Relation& relation,
                               const std::string& identity) {
  std::vector<std::string> create;
  if (!row.is_null(kDefinition)) create.push_back(row.str(kDefinition));
  if (row.boolean(kStateOfItsOwn))
    create.push_back(StateStatement(row, relation));
  AddDependsOnExtension(absl::StrCat("TRIGGER ", identity),
                        row.array(kExtensions), create);
  if (row.is_null(kDefinition))
    return std::make_shared<SqlBody>(std::move(create), "", "");
  return std::make_shared<SqlBody>(std::move(create), "TRIGGER", identity);
}

void AddTrigger(Collector& collector, const Descendants& descendants,
                pg::Row row, const Relation& relation) {
  Object& object = collector.Add({catalog_oid::kTrigger, row.oid(kOid)});
  if (row.oid(kConstraint) != 0)
    object.aliases = {{catalog_oid::kConstraint, row.oid(kConstraint)}};
  object.schema = relation.schema;
  object.name = row.str(kName);
  object.relation = relation.name;
  object.section = Section::kPostData;
  object.parent = relation.address();
  object.sort_detail = relation.name;
  // Only partitions get the trigger with their table, other children do not.
  object.locks = relation.kind == 'p' ? descendants.WithSelf(relation.oid)
                                      : std::vector<Address>{object.parent};
  const Oid referenced = row.oid(kReferencedTable);
  if (referenced != 0)
    object.shared_locks.push_back({catalog_oid::kClass, referenced});
  // The copy is there when the first trigger above it is; those between may
  // be said too, and then first, since their state is handed down.
  object.depends = AddressesOf(catalog_oid::kTrigger, row.array(kAncestors));
  const std::string identity = absl::StrCat(pg::QuoteIdentifier(object.name),
                                            " ON ", relation.qualified);
  object.target = absl::StrCat("TRIGGER ", identity);
  object.body = MakeBody(row, relation, identity);
}

// A table and its constraints whose triggers do not fire as new ones do.
using Unusual = std::map<Oid, std::set<std::string>>;

// No statement names such a trigger in another database.
void WarnOfUnusual(const Unusual& unusual, Collector& collector) {
  for (const auto& [oid, constraints] : unusual) {
    const Relation& table = *collector.relations().Find(oid);
    std::vector<std::string> names;
    for (const std::string& name : constraints) names.push_back(Quoted(name));
    collector.WarnOf(
        table.address(),
        absl::StrCat("table ", Quoted(table.schema, table.name),
                     ": triggers of ", absl::StrJoin(names, ", "),
                     " are disabled, or set to fire as for replicas; a "
                     "restore leaves them enabled"));
  }
}

absl::Status CollectTriggers(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(TriggersSql()));
  const Descendants descendants(collector.relations());
  Unusual unusual;
  for (pg::Row row : result) {
    const Relation* relation = collector.relations().Find(row.oid(kRelation));
    if (relation == nullptr) continue;
    if (row.boolean(kSystem))
      unusual[relation->oid].insert(row.str(kConstraintName));
    else
      AddTrigger(collector, descendants, row, *relation);
  }
  if (collector.options().schema) WarnOfUnusual(unusual, collector);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kTriggerKind = {"TRIGGER", CollectTriggers};

}  // namespace pgbale
