// CONSTRAINT: primary keys, unique and exclusion constraints, with their
// index. Those of partitions are made like any other and then attached
// (index_attach.cc); but no server attaches an exclusion constraint, so that
// those of partitions are made by the partitioned table's (17 and later).

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/index_parts.h"
#include "catalog/inheritance.h"
#include "catalog/statement_body.h"
#include "catalog/table_sql.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kIndex,
  kTable,
  kSchema,
  kName,
  kTableName,
  kType,
  kUsable,
  kAttached,
  kExclusion,   // the whole definition of an exclusion constraint
  kColumns,     // indkey
  kKeyColumns,  // the first of kColumns; the others are included
  kOptions,
  kDeferrable,
  kDeferred,
  kNullsNotDistinct,
  kPeriod,
  kPartitioned,
  kMakesParts,  // an exclusion constraint that partitions have a part of
  kWhole,       // the partitioned table's constraint that this one is a part of
  kParts
};

std::string KeyConstraintsSql(int server_major) {
  return absl::StrCat(
      "SELECT k.oid, x.oid, t.oid, n.nspname, k.conname, t.relname, k.contype, "
      "i.indisready AND (i.indisvalid OR t.relkind = 'p'), x.relispartition, "
      "CASE WHEN k.contype = 'x' "
      "THEN pg_catalog.pg_get_constraintdef(k.oid) END, "
      "i.indkey, i.indnkeyatts, x.reloptions, "
      "k.condeferrable, k.condeferred, ",
      server_major >= 15 ? "i.indnullsnotdistinct, " : "false, ",
      server_major >= 18 ? "k.conperiod, " : "false, ",
      "t.relkind = 'p', k.contype = 'x' AND EXISTS (SELECT "
      "FROM pg_catalog.pg_inherits h WHERE h.inhparent = x.oid), "
      "k.conparentid, ",
      kIndexPartsColumns,
      " FROM pg_catalog.pg_constraint k "
      "JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid "
      "JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
      "JOIN pg_catalog.pg_class t ON t.oid = k.conrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace",
      // Of expressions only, and those only in an exclusion constraint.
      IndexPartsJoins("SELECT e.conindid FROM pg_catalog.pg_constraint e "
                      "WHERE e.contype = 'x'"),
      "WHERE k.contype IN ('p', 'u', 'x') AND t.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY k.oid");
}

// "(a, b) INCLUDE (c)".
std::string KeyColumns(const Relation& table, pg::Row row) {
  const std::vector<std::string> columns =
      ColumnNames(table, row.integers(kColumns));
  const auto all = absl::MakeConstSpan(columns);
  const auto key_count = static_cast<size_t>(row.integer(kKeyColumns));
  std::string sql =
      absl::StrCat("(", absl::StrJoin(all.subspan(0, key_count), ", "),
                   row.boolean(kPeriod) ? " WITHOUT OVERLAPS)" : ")");
  if (key_count < all.size())
    absl::StrAppend(&sql, " INCLUDE (",
                    absl::StrJoin(all.subspan(key_count), ", "), ")");
  return sql;
}

// " WITH (fillfactor='70')", or nothing.
std::string StorageClause(pg::Row row) {
  const std::vector<std::string> options = row.array(kOptions);
  return options.empty()
             ? ""
             : absl::StrCat(" WITH (", OptionList(options, ""), ")");
}

std::string DeferClause(pg::Row row) {
  return absl::StrCat(row.boolean(kDeferrable) ? " DEFERRABLE" : "",
                      row.boolean(kDeferred) ? " INITIALLY DEFERRED" : "");
}

absl::string_view TypeKeyword(pg::Row row) {
  return row.text(kType) == "p" ? "PRIMARY KEY" : "UNIQUE";
}

std::string KeyDefinition(const Relation& table, pg::Row row) {
  return absl::StrCat(
      TypeKeyword(row),
      row.boolean(kNullsNotDistinct) ? " NULLS NOT DISTINCT " : " ",
      KeyColumns(table, row), StorageClause(row), DeferClause(row));
}

// The index first, beside others of the table, then the constraint out of it.
// No server makes a constraint out of an index of a partitioned table, nor one
// that excludes or WITHOUT OVERLAPS out of any. A primary key out of an index
// gives NOT NULL of 18, where a table has it from its parents, to the table
// itself (conislocal), which a primary key of columns does not.
std::vector<ObjectStep> KeySteps(const Relation& relation, pg::Row row,
                                 const Object& object,
                                 std::vector<std::string> alterations) {
  if (!row.is_null(kExclusion) || row.boolean(kPeriod) ||
      row.boolean(kPartitioned) ||
      (row.text(kType) == "p" && !relation.parents.empty()))
    return {};
  const std::string name = pg::QuoteIdentifier(object.name);
  std::vector<std::string> adopt = {absl::StrCat(
      "ALTER TABLE ONLY ", relation.qualified, "\n    ADD CONSTRAINT ", name,
      " ", TypeKeyword(row), " USING INDEX ", name, DeferClause(row))};
  adopt.insert(adopt.end(), std::make_move_iterator(alterations.begin()),
               std::make_move_iterator(alterations.end()));
  ObjectStep index = {
      .create = {absl::StrCat(
          "CREATE UNIQUE INDEX ", name, " ON ", relation.qualified,
          " USING btree ", KeyColumns(relation, row),
          row.boolean(kNullsNotDistinct) ? " NULLS NOT DISTINCT" : "",
          StorageClause(row))},
      .undo = {absl::StrCat("DROP INDEX IF EXISTS ",
                            pg::QualifiedName(object.schema, object.name))},
      .shared_locks = {object.parent}};
  ObjectStep constraint = {
      .create = std::move(adopt), .locks = {object.parent}, .quick = true};
  return {std::move(index), std::move(constraint)};
}

ServerNeed NeedOfKeyConstraint(pg::Row row) {
  ServerNeed need;
  if (row.boolean(kNullsNotDistinct)) need.Add({15, "NULLS NOT DISTINCT"});
  if (!row.is_null(kExclusion) && row.boolean(kPartitioned))
    need.Add({17, "exclusion constraints of partitioned tables"});
  if (row.boolean(kPeriod)) need.Add({18, "WITHOUT OVERLAPS"});
  return need;
}

// An exclusion constraint of a partition. Where the partitioned table's is
// dumped, that one makes it, under the name that servers choose.
class PartitionExclusionBody : public Body {
 public:
  PartitionExclusionBody(Address whole, std::string create,
                         std::vector<std::string> alterations,
                         std::string tablespace)
      : whole_(whole),
        create_(std::move(create)),
        alterations_(std::move(alterations)),
        tablespace_(std::move(tablespace)) {}

  void Emit(const Catalog& catalog, const Object&,
            Entry& entry) const override {
    const Object* whole = catalog.Find(whole_);
    if (whole == nullptr || !whole->wanted.definition)
      entry.create.push_back(create_);
    entry.create.insert(entry.create.end(), alterations_.begin(),
                        alterations_.end());
    entry.tablespace = tablespace_;
  }

 private:
  const Address whole_;
  const std::string create_;
  const std::vector<std::string> alterations_;
  const std::string tablespace_;
};

// Without ONLY, and so with a lock on all partitions, for an exclusion
// constraint of a partitioned table. If it is attached to none of them, it was
// made with ONLY, and what the partitions have is theirs.
void SetBody(pg::Row row, const Relation& relation,
             const Descendants& descendants, Object& object) {
  const bool exclusion = !row.is_null(kExclusion);
  const bool with_partitions = row.boolean(kMakesParts);
  if (with_partitions) object.locks = descendants.WithSelf(row.oid(kTable));
  const absl::string_view only = with_partitions ? "" : "ONLY ";
  const std::string name = pg::QuoteIdentifier(object.name);
  const std::string table = pg::QualifiedName(object.schema, object.relation);
  std::string create = absl::StrCat(
      "ALTER TABLE ", only, table, "\n    ADD CONSTRAINT ", name, " ",
      exclusion ? row.str(kExclusion) : KeyDefinition(relation, row));
  const IndexParts parts = MakeIndexParts(row, kParts);
  object.bytes_estimate = parts.bytes;
  object.sorts = parts.is_btree;
  std::vector<std::string> statements =
      IndexPartsStatements(parts, table, object.schema, object.name);
  if (exclusion && row.boolean(kAttached)) {
    const Address whole = {catalog_oid::kConstraint, row.oid(kWhole)};
    object.body = std::make_shared<PartitionExclusionBody>(
        whole, std::move(create), std::move(statements), parts.tablespace);
    return;
  }
  object.steps = KeySteps(relation, row, object, statements);
  statements.insert(statements.begin(), std::move(create));
  DropStatements drop;
  // An attached constraint goes with the one that it is attached to.
  if (!row.boolean(kAttached)) drop = DropConstraint(only, table, name);
  object.body = std::make_shared<StatementBody>(
      std::move(statements), std::move(drop), parts.tablespace);
}

void AddKeyConstraint(Collector& collector, const Relation& table,
                      const Descendants& descendants, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kConstraint, row.oid(kOid)});
  object.aliases.push_back({catalog_oid::kClass, row.oid(kIndex)});
  object.schema = row.str(kSchema);
  object.name = row.str(kName);
  object.relation = row.str(kTableName);
  object.section = Section::kPostData;
  object.parent = {catalog_oid::kClass, row.oid(kTable)};
  object.locks.push_back(object.parent);
  object.sort_detail = object.relation;
  object.need = NeedOfKeyConstraint(row);

  object.target =
      absl::StrCat("CONSTRAINT ", pg::QuoteIdentifier(object.name), " ON ",
                   pg::QualifiedName(object.schema, object.relation));
  SetBody(row, table, descendants, object);
  if (!row.is_null(kExclusion) && row.boolean(kAttached))
    collector.Cover({catalog_oid::kPseudoIndexAttach, row.oid(kIndex)});
}

absl::Status CollectKeyConstraints(Collector& collector) {
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query(KeyConstraintsSql(collector.server_major())));
  const Descendants descendants(collector.relations());
  for (pg::Row row : result) {
    const Relation* table = collector.relations().Find(row.oid(kTable));
    if (table == nullptr) continue;
    if (row.boolean(kUsable)) {
      AddKeyConstraint(collector, *table, descendants, row);
    } else {
      collector.Cover({catalog_oid::kConstraint, row.oid(kOid)});
      collector.Cover({catalog_oid::kClass, row.oid(kIndex)});
      collector.Warn(
          absl::StrCat("constraint ", Quoted(row.text(kName)), " of table ",
                       Quoted(row.text(kSchema), row.text(kTableName)),
                       " has an invalid index and is left out: REINDEX it"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kKeyConstraintKind = {
    .tag = "CONSTRAINT",
    .collect = CollectKeyConstraints,
    .early_queries = OneQuery<KeyConstraintsSql>,
    .collect_cost = 5};

}  // namespace pgbale
