// FK CONSTRAINT: foreign keys, the last objects of tables, so that keys which
// refer to each other in a circle are no loop. Only those that users made: the
// ones of partitions are made with the partitioned table's, and are aliases
// of it.

#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"
#include "catalog/printed.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kTable,
  kReferencedTable,
  kSchema,
  kTableName,
  kName,
  kPartitioned,
  kColumns,
  kReferencedColumns,
  kMatch,
  kOnUpdate,
  kOnDelete,
  kDeleteColumns,  // ON DELETE SET NULL (column) or SET DEFAULT (column)
  kDeferrable,
  kDeferred,
  kEnforced,
  kPeriod,
  kValidated,
  kAttachedIndexes,
  kDerivedKeys
};

// A reference to a partitioned table needs its index to be valid, that is,
// all indexes of partitions below it to be attached.
std::string ForeignKeysSql(int server_major) {
  return absl::StrCat(
      "WITH RECURSIVE below(root, index) AS ("
      "SELECT DISTINCT k.conindid, k.conindid FROM pg_catalog.pg_constraint k "
      "WHERE k.contype = 'f' AND k.conparentid = 0 "
      "UNION ALL "
      "SELECT b.root, h.inhrelid FROM below b "
      "JOIN pg_catalog.pg_inherits h ON h.inhparent = b.index), "
      "derived(root, oid) AS ("
      "SELECT k.conparentid, k.oid FROM pg_catalog.pg_constraint k "
      "JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid "
      "WHERE k.contype = 'f' AND p.conparentid = 0 "
      "UNION ALL "
      "SELECT d.root, k.oid FROM derived d "
      "JOIN pg_catalog.pg_constraint k ON k.conparentid = d.oid) "
      "SELECT k.oid, t.oid, k.confrelid, n.nspname, t.relname, k.conname, "
      "t.relkind = 'p', k.conkey, k.confkey, k.confmatchtype, "
      "k.confupdtype, k.confdeltype, ",
      server_major >= 15 ? "k.confdelsetcols, " : "NULL, ",
      "k.condeferrable, k.condeferred, ",
      server_major >= 18 ? "k.conenforced, k.conperiod, " : "true, false, ",
      "k.convalidated, a.indexes, c.keys "
      "FROM pg_catalog.pg_constraint k "
      "JOIN pg_catalog.pg_class t ON t.oid = k.conrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace "
      "LEFT JOIN (SELECT b.root, "
      "pg_catalog.array_agg(b.index ORDER BY b.index) AS indexes "
      "FROM below b WHERE b.index <> b.root GROUP BY b.root) a "
      "ON a.root = k.conindid "
      "LEFT JOIN (SELECT d.root, "
      "pg_catalog.array_agg(d.oid ORDER BY d.oid) AS keys "
      "FROM derived d GROUP BY d.root) c ON c.root = k.oid "
      "WHERE k.contype = 'f' AND k.conparentid = 0 "
      "AND t.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY k.oid");
}

// By pg_constraint's letter; the default is not said.
absl::string_view ActionSql(absl::string_view letter) {
  if (letter == "r") return "RESTRICT";
  if (letter == "c") return "CASCADE";
  if (letter == "n") return "SET NULL";
  if (letter == "d") return "SET DEFAULT";
  return "";
}

std::string ColumnList(std::vector<std::string> columns, bool with_period) {
  if (with_period && !columns.empty()) columns.back().insert(0, "PERIOD ");
  return absl::StrCat("(", absl::StrJoin(columns, ", "), ")");
}

// Like pg_get_constraintdef, without a call of it for each key.
std::string Definition(const Relation& table, const Relation& referenced,
                       pg::Row row) {
  const bool period = row.boolean(kPeriod);
  std::string sql = absl::StrCat(
      "FOREIGN KEY ",
      ColumnList(ColumnNames(table, row.integers(kColumns)), period),
      " REFERENCES ", referenced.qualified,
      ColumnList(ColumnNames(referenced, row.integers(kReferencedColumns)),
                 period));
  if (row.text(kMatch) == "f") sql += " MATCH FULL";
  const absl::string_view on_update = ActionSql(row.text(kOnUpdate));
  const absl::string_view on_delete = ActionSql(row.text(kOnDelete));
  if (!on_update.empty()) absl::StrAppend(&sql, " ON UPDATE ", on_update);
  if (!on_delete.empty()) absl::StrAppend(&sql, " ON DELETE ", on_delete);
  if (!row.is_null(kDeleteColumns)) {
    absl::StrAppend(
        &sql, " ",
        ColumnList(ColumnNames(table, row.integers(kDeleteColumns)), false));
  }
  if (row.boolean(kDeferrable)) sql += " DEFERRABLE";
  if (row.boolean(kDeferred)) sql += " INITIALLY DEFERRED";
  if (!row.boolean(kEnforced)) {
    sql += " NOT ENFORCED";
  } else if (!row.boolean(kValidated)) {
    sql += " NOT VALID";
  }
  return sql;
}

ServerNeed NeedOfForeignKey(pg::Row row) {
  ServerNeed need;
  if (!row.is_null(kDeleteColumns)) need.Add({15, "ON DELETE SET for columns"});
  if (!row.boolean(kEnforced)) {
    need.Add({18, "NOT ENFORCED"});
  } else if (row.boolean(kPartitioned) && !row.boolean(kValidated)) {
    need.Add({18, "foreign keys NOT VALID of partitioned tables"});
  }
  if (row.boolean(kPeriod)) need.Add({18, "foreign keys with PERIOD"});
  return need;
}

// Of each key by its oid; the server prints what refers to a table of its own.
absl::StatusOr<PrintedByOid> Definitions(Collector& collector,
                                         const pg::Result& keys) {
  PrintedByOid definitions;
  std::vector<Oid> others;
  for (pg::Row row : keys) {
    const Relation* table = collector.relations().Find(row.oid(kTable));
    const Relation* referenced =
        collector.relations().Find(row.oid(kReferencedTable));
    if (table != nullptr && referenced != nullptr)
      definitions[row.oid(kOid)] = Definition(*table, *referenced, row);
    else
      others.push_back(row.oid(kOid));
  }
  ASSIGN_OR_RETURN(PrintedByOid printed,
                   ReadPrinted(collector, "pg_get_constraintdef", others));
  definitions.merge(printed);
  return definitions;
}

// Unchecked first, then checked beside all that does not lock the referenced
// table against readers. Where one of the tables is partitioned, only 18 can
// do so and leave the same behind: before, the keys of the partitions stay
// unchecked.
std::vector<ObjectStep> ForeignKeySteps(Collector& collector, pg::Row row,
                                        const Object& object,
                                        absl::string_view definition) {
  const Relation* const table = collector.relations().Find(row.oid(kTable));
  const Relation* const referenced =
      collector.relations().Find(row.oid(kReferencedTable));
  if (!row.boolean(kEnforced) || !row.boolean(kValidated) || table == nullptr ||
      table->kind != 'r' || referenced == nullptr || referenced->kind != 'r')
    return {};
  const std::string name = pg::QuoteIdentifier(object.name);
  ObjectStep add = {
      .create = {absl::StrCat("ALTER TABLE ONLY ", table->qualified,
                              "\n    ADD CONSTRAINT ", name, " ", definition,
                              " NOT VALID")},
      .undo = DropConstraint("ONLY ", table->qualified, name).if_exists,
      .locks = object.locks,
      .quick = true};
  ObjectStep validate = {
      .create = {absl::StrCat("ALTER TABLE ONLY ", table->qualified,
                              "\n    VALIDATE CONSTRAINT ", name)},
      .locks = {table->address()},
      .apart = true};
  if (referenced != table) validate.shared_locks = {referenced->address()};
  return {std::move(add), std::move(validate)};
}

void AddForeignKey(Collector& collector, pg::Row row,
                   absl::string_view definition) {
  Object& object = collector.Add({catalog_oid::kConstraint, row.oid(kOid)});
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.relation = row.str(kTableName);
  object.section = Section::kPostData;
  object.parent = {catalog_oid::kClass, row.oid(kTable)};
  object.sort_detail = object.relation;
  object.need = NeedOfForeignKey(row);
  const Address referenced = {catalog_oid::kClass, row.oid(kReferencedTable)};
  object.locks = {object.parent};
  if (referenced != object.parent) object.locks.push_back(referenced);
  for (int64_t index : row.integers(kAttachedIndexes)) {
    object.depends.push_back(
        {catalog_oid::kPseudoIndexAttach, static_cast<Oid>(index)});
  }
  for (int64_t key : row.integers(kDerivedKeys)) {
    object.aliases.push_back({catalog_oid::kConstraint, static_cast<Oid>(key)});
  }

  const std::string name = pg::QuoteIdentifier(object.name);
  const std::string table = pg::QualifiedName(object.schema, object.relation);
  object.target = absl::StrCat("CONSTRAINT ", name, " ON ", table);
  object.steps = ForeignKeySteps(collector, row, object, definition);
  const absl::string_view only = row.boolean(kPartitioned) ? "" : "ONLY ";
  object.body = std::make_shared<StatementBody>(
      std::vector<std::string>{absl::StrCat("ALTER TABLE ", only, table,
                                            "\n    ADD CONSTRAINT ", name, " ",
                                            definition)},
      DropConstraint(only, table, name));
}

absl::Status CollectForeignKeys(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(ForeignKeysSql(collector.server_major())));
  ASSIGN_OR_RETURN(PrintedByOid definitions, Definitions(collector, result));
  for (pg::Row row : result)
    AddForeignKey(collector, row, definitions[row.oid(kOid)]);
  return absl::OkStatus();
}

using Partitions = absl::flat_hash_map<Oid, std::vector<Oid>>;

Partitions MakePartitions(const RelationMap& relations) {
  Partitions partitions;
  for (Oid oid : relations.oids()) {
    const Relation* relation = relations.Find(oid);
    if (relation->is_partition && !relation->parents.empty())
      partitions[relation->parents[0]].push_back(oid);
  }
  return partitions;
}

// A partitioned table is locked with all that is below it.
absl::Status DeriveForeignKeys(Catalog& catalog) {
  const Partitions partitions = MakePartitions(catalog.relations());
  for (Object* key : catalog.OfKind(KindId::kForeignKey)) {
    for (size_t i = 0; i < key->locks.size(); ++i) {
      const auto found = partitions.find(key->locks[i].oid);
      if (found == partitions.end()) continue;
      for (Oid oid : found->second)
        key->locks.push_back({catalog_oid::kClass, oid});
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kForeignKeyKind = {.tag = "FK CONSTRAINT",
                                     .collect = CollectForeignKeys,
                                     .derive = DeriveForeignKeys,
                                     .early_queries = OneQuery<ForeignKeysSql>,
                                     .collect_cost = 3};

}  // namespace pgbale
