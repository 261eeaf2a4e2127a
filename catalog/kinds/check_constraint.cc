// CHECK CONSTRAINT. Checks of tables. Mostly part of CREATE TABLE; a
// statement behind the data if not validated, so that rows which break it can
// be loaded, and where the expression needs the table.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/expressions.h"
#include "catalog/inheritance.h"
#include "catalog/table_parts.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kTable,
  kName,
  kLocal,
  kValidated,
  kCommented,
  kEnforced,
  kNoInherit,
  kTree
};

std::string ChecksSql(int server_major) {
  return absl::StrCat(
      "SELECT k.oid, k.conrelid, k.conname, k.conislocal, k.convalidated, "
      "EXISTS (SELECT FROM pg_catalog.pg_description d "
      "WHERE d.objoid = k.oid AND d.objsubid = 0 "
      "AND d.classoid = ",
      catalog_oid::kConstraint, "), ",
      server_major >= 18 ? "k.conenforced, " : "true, ",
      "k.connoinherit, k.conbin "
      "FROM pg_catalog.pg_constraint k "
      "JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE k.contype = 'c' AND c.relkind IN ('r', 'p', 'f') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY k.conrelid, k.conname");
}

using ChecksByName = absl::flat_hash_map<std::pair<Oid, std::string>, Address>;

// Like pg_get_constraintdef.
std::string Definition(pg::Row row, absl::string_view expression) {
  absl::string_view state;
  if (!row.boolean(kEnforced))
    state = " NOT ENFORCED";
  else if (!row.boolean(kValidated))
    state = " NOT VALID";
  return absl::StrCat("CHECK (", expression, ")",
                      row.boolean(kNoInherit) ? " NO INHERIT" : "", state);
}

Object& AddCheck(Collector& collector, pg::Row row,
                 absl::string_view expression, const Relation& table,
                 const Descendants& descendants) {
  const bool local = row.boolean(kLocal);
  Object& object = collector.Add({catalog_oid::kConstraint, row.oid(kOid)});
  object.schema = table.schema;
  object.name = row.str(kName);
  object.relation = table.name;
  object.target = absl::StrCat("CONSTRAINT ", pg::QuoteIdentifier(object.name),
                               " ON ", table.qualified);
  object.section = Section::kPostData;
  object.parent = table.address();
  object.inlined = row.boolean(kValidated);
  object.loop_break = LoopBreak::kSeparate;
  if (local) object.locks = descendants.WithSelf(table.oid);
  ServerNeed need;
  if (!row.boolean(kEnforced)) need = {18, "NOT ENFORCED"};
  object.body = std::make_shared<TableConstraintBody>(
      table.oid, local, Definition(row, expression), std::move(need));
  return object;
}

absl::Status CollectChecks(Collector& collector) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   collector.Query(ChecksSql(collector.server_major())));
  ASSIGN_OR_RETURN(
      const std::vector<std::string> expressions,
      PrintExpressions(collector, result,
                       {.oid = kOid, .relation = kTable, .tree = kTree},
                       {.catalog = "pg_constraint",
                        .tree = "conbin",
                        .relation = "conrelid"}));
  const Descendants descendants(collector.relations());
  ChecksByName by_name;
  for (pg::Row row : result) {
    by_name[{row.oid(kTable), row.str(kName)}] = {catalog_oid::kConstraint,
                                                  row.oid(kOid)};
  }
  for (int i = 0; i < result.rows(); ++i) {
    const pg::Row row = result.row(i);
    const Relation* table = collector.relations().Find(row.oid(kTable));
    if (table == nullptr) continue;
    // The parent's statement, behind the data, adds the child's too. Only a
    // comment on the child's is then left to say.
    const bool comes_with_parent =
        !row.boolean(kLocal) && !row.boolean(kValidated);
    if (comes_with_parent && !row.boolean(kCommented)) {
      collector.Cover({catalog_oid::kConstraint, row.oid(kOid)});
      continue;
    }
    Object& object =
        AddCheck(collector, row, expressions[static_cast<size_t>(i)], *table,
                 descendants);
    if (!comes_with_parent) continue;
    for (Oid parent : table->parents) {
      auto it = by_name.find({parent, object.name});
      if (it != by_name.end()) object.depends.push_back(it->second);
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kCheckConstraintKind = {.tag = "CHECK CONSTRAINT",
                                          .collect = CollectChecks,
                                          .early_queries = OneQuery<ChecksSql>,
                                          .collect_cost = 4};

}  // namespace pgbale
