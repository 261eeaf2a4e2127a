// INDEX: plain indexes of tables, partitioned tables and materialized views,
// with what ALTER says of them. Indexes of constraints come with those
// (key_constraint.cc); that a partition's index belongs to the partitioned one
// is said by index_attach.cc.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/index_parts.h"
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
  kDefinition,
  kNullsNotDistinct,
  kParts
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
      "AND k.contype IN ('p', 'u', 'x') WHERE h.inhparent = x.oid), "
      "pg_catalog.pg_get_indexdef(x.oid), ",
      server_major >= 15 ? "i.indnullsnotdistinct, " : "false, ",
      kIndexPartsColumns,
      " FROM pg_catalog.pg_index i "
      "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
      "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace",
      IndexPartsJoins(),
      "WHERE t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't' "
      "AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k "
      "WHERE k.conindid = x.oid AND k.conrelid = t.oid "
      "AND k.contype IN ('p', 'u', 'x')) AND ",
      kUserSchema, " ORDER BY x.oid");
}

void AddIndex(Collector& collector, pg::Row row) {
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
  const std::vector<std::string> alterations = IndexPartsStatements(
      parts, pg::QualifiedName(object.schema, object.relation), object.schema,
      object.name);
  std::vector<std::string> create = {row.str(kDefinition)};
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

absl::Status CollectIndexes(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(IndexesSql(collector.server_major())));
  for (pg::Row row : result) {
    if (row.boolean(kUsable)) {
      AddIndex(collector, row);
    } else {
      collector.Cover({catalog_oid::kClass, row.oid(kOid)});
      collector.Warn(
          absl::StrCat("index ", Quoted(row.text(kSchema), row.text(kName)),
                       " is invalid (a build that failed) and is left out: "
                       "REINDEX or drop it"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kIndexKind = {"INDEX", CollectIndexes};

}  // namespace pgbale
