// CHECK CONSTRAINT. Checks of tables. Mostly part of CREATE TABLE; a
// statement behind the data if not validated, so that rows which break it can
// be loaded, and where the expression needs the table.

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
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
  kDefinition
};

std::string ChecksSql(int server_major) {
  return absl::StrCat(
      "SELECT k.oid, k.conrelid, k.conname, k.conislocal, k.convalidated, "
      "EXISTS (SELECT FROM pg_catalog.pg_description d "
      "WHERE d.objoid = k.oid AND d.objsubid = 0 "
      "AND d.classoid = ",
      catalog_oid::kConstraint, "), ",
      server_major >= 18 ? "k.conenforced" : "true",
      ", pg_catalog.pg_get_constraintdef(k.oid) "
      "FROM pg_catalog.pg_constraint k "
      "JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE k.contype = 'c' AND c.relkind IN ('r', 'p', 'f') "
      "AND c.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY k.conrelid, k.conname");
}

using ChecksByName = absl::flat_hash_map<std::pair<Oid, std::string>, Address>;

Object& AddCheck(Collector& collector, pg::Row row, const Relation& table,
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
      table.oid, local, row.str(kDefinition), std::move(need));
  return object;
}

absl::Status CollectChecks(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(ChecksSql(collector.server_major())));
  const Descendants descendants(collector.relations());
  ChecksByName by_name;
  for (pg::Row row : result) {
    by_name[{row.oid(kTable), row.str(kName)}] = {catalog_oid::kConstraint,
                                                  row.oid(kOid)};
  }
  for (pg::Row row : result) {
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
    Object& object = AddCheck(collector, row, *table, descendants);
    if (!comes_with_parent) continue;
    for (Oid parent : table->parents) {
      auto it = by_name.find({parent, object.name});
      if (it != by_name.end()) object.depends.push_back(it->second);
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kCheckConstraintKind = {"CHECK CONSTRAINT", CollectChecks};

}  // namespace pgbale
