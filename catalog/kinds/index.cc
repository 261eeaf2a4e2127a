// INDEX: plain indexes of tables, partitioned tables and materialized views,
// with what ALTER says of them. Indexes of constraints come with those
// (key_constraint.cc); that a partition's index belongs to the partitioned one
// is said by index_attach.cc.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/index_definition.h"
#include "catalog/index_parts.h"
#include "catalog/printed.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kTable,
  kSchema,
  kName,
  kTableName,
  kUsable,
  kBound,  // cannot be dropped on its own
  kNullsNotDistinct,
  kDefinition,
  kParts = kDefinition + kIndexDefinitionItems
};

// A partitioned index is invalid until each partition has one attached, and
// is made like that again. An attached index goes with the one that it is
// attached to; one to which a constraint is attached, with the table.
std::string IndexesSql(int server_major) {
  return absl::StrCat(
      "SELECT x.oid, t.oid, n.nspname, x.relname, t.relname, "
      "i.indisready AND (i.indisvalid OR t.relkind = 'p'), x.relispartition "
      "OR x.relkind = 'I' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h "
      "JOIN pg_catalog.pg_constraint k ON k.conindid = h.inhrelid "
      "AND k.contype IN ('p', 'u', 'x') WHERE h.inhparent = x.oid), ",
      server_major >= 15 ? "i.indnullsnotdistinct, " : "false, ",
      kIndexDefinitionColumns, ", ", kIndexPartsColumns,
      " FROM pg_catalog.pg_index i "
      "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
      "JOIN pg_catalog.pg_am m ON m.oid = x.relam "
      "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace",
      IndexPartsJoins(),
      "WHERE t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't' "
      "AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k "
      "WHERE k.conindid = x.oid AND k.conrelid = t.oid "
      "AND k.contype IN ('p', 'u', 'x')) AND ",
      kUserSchema, " ORDER BY x.oid");
}

void AddIndex(Collector& collector, pg::Row row, std::string definition) {
  Object& object = collector.Add({catalog_oid::kClass, row.oid(kOid)});
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.relation = row.str(kTableName);
  object.section = Section::kPostData;
  object.parent = {catalog_oid::kClass, row.oid(kTable)};

  if (row.boolean(kNullsNotDistinct)) object.need = {15, "NULLS NOT DISTINCT"};

  const std::string name = pg::QualifiedName(object.schema, object.name);
  object.target = absl::StrCat("INDEX ", name);
  const IndexParts parts = MakeIndexParts(row, kParts);
  object.bytes_estimate = parts.bytes;
  object.sorts = parts.is_btree;
  const std::vector<std::string> alterations = IndexPartsStatements(
      parts, pg::QualifiedName(object.schema, object.relation), object.schema,
      object.name);
  std::vector<std::string> create = {std::move(definition)};
  create.insert(create.end(), alterations.begin(), alterations.end());
  // CREATE INDEX lets others build beside it, ALTER TABLE does not.
  (alterations.empty() ? object.shared_locks : object.locks)
      .push_back(object.parent);
  DropStatements drop;
  if (!row.boolean(kBound))
    drop = {{absl::StrCat("DROP INDEX ", name)},
            {absl::StrCat("DROP INDEX IF EXISTS ", name)}};
  object.body = std::make_shared<StatementBody>(
      std::move(create), std::move(drop), parts.tablespace);
}

// Invalid ones are left out and named.
std::vector<pg::Row> UsableIndexes(Collector& collector,
                                   const pg::Result& result) {
  std::vector<pg::Row> usable;
  for (pg::Row row : result) {
    if (row.boolean(kUsable)) {
      usable.push_back(row);
      continue;
    }
    collector.Cover({catalog_oid::kClass, row.oid(kOid)});
    collector.Warn(
        absl::StrCat("index ", Quoted(row.text(kSchema), row.text(kName)),
                     " is invalid (a build that failed) and is left out: "
                     "REINDEX or drop it"));
  }
  return usable;
}

// The statements of most, and of the others from the server.
absl::StatusOr<PrintedByOid> DefineIndexes(
    Collector& collector, const std::vector<pg::Row>& indexes) {
  ASSIGN_OR_RETURN(const IndexDefinitions definitions,
                   IndexDefinitions::Read(collector));
  PrintedByOid statements;
  std::vector<Oid> others;
  for (pg::Row row : indexes) {
    const Relation* table = collector.relations().Find(row.oid(kTable));
    std::optional<std::string> statement;
    if (table != nullptr && !row.boolean(kNullsNotDistinct)) {
      statement = definitions.Of(row, kDefinition, *table,
                                 pg::QuoteIdentifier(row.text(kName)));
    }
    if (statement.has_value())
      statements[row.oid(kOid)] = *std::move(statement);
    else
      others.push_back(row.oid(kOid));
  }
  ASSIGN_OR_RETURN(PrintedByOid printed,
                   ReadPrinted(collector, "pg_get_indexdef", others));
  statements.merge(printed);
  return statements;
}

absl::Status CollectIndexes(Collector& collector) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   collector.Query(IndexesSql(collector.server_major())));
  const std::vector<pg::Row> indexes = UsableIndexes(collector, result);
  ASSIGN_OR_RETURN(PrintedByOid statements, DefineIndexes(collector, indexes));
  for (pg::Row row : indexes)
    AddIndex(collector, row, std::move(statements[row.oid(kOid)]));
  return absl::OkStatus();
}

}  // namespace

extern const Kind kIndexKind = {.tag = "INDEX",
                                .collect = CollectIndexes,
                                .early_queries = OneQuery<IndexesSql>,
                                .collect_cost = 6};

}  // namespace pgbale
