// SEQUENCE OWNED BY: that a sequence belongs to a column and is dropped with
// it. Apart from the sequence, which stands before the table whose default it
// gives, and after both have their owner, which must be one.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

enum Field { kSequence, kTable, kColumn };

std::string OwnedSequencesSql() {
  return absl::StrCat(
      "SELECT d.objid, d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend d "
      "JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid "
      "WHERE d.classid = ",
      catalog_oid::kClass,
      " AND d.objsubid = 0 AND d.refclassid = ", catalog_oid::kClass,
      " AND d.refobjsubid > 0 AND d.deptype = 'a' ORDER BY d.objid");
}

void AddOwnedBy(Collector& collector, const Relation& sequence,
                const Relation& table, const RelationColumn& column) {
  Object& object =
      collector.Add({catalog_oid::kPseudoSequenceOwnedBy, sequence.oid});
  object.schema = sequence.schema;
  object.name = sequence.name;
  object.parent = sequence.address();
  object.depends = {table.address(), sequence.address()};
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{
          absl::StrCat("ALTER SEQUENCE ", sequence.qualified, " OWNED BY ",
                       table.qualified, ".", pg::QuoteIdentifier(column.name))},
      "", "");
}

absl::Status CollectOwnedSequences(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(OwnedSequencesSql()));
  for (pg::Row row : result) {
    const RelationMap& relations = collector.relations();
    const Relation* sequence = relations.Find(row.oid(kSequence));
    const Relation* table = relations.Find(row.oid(kTable));
    if (sequence == nullptr || table == nullptr) continue;
    const RelationColumn* column =
        table->FindColumn(static_cast<int>(row.integer(kColumn)));
    if (column != nullptr) AddOwnedBy(collector, *sequence, *table, *column);
  }
  return absl::OkStatus();
}

absl::Status DeriveOwnedSequences(Catalog& catalog) {
  catalog.OmitIncomplete(KindId::kSequenceOwnedBy);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kSequenceOwnedByKind = {
    "SEQUENCE OWNED BY", CollectOwnedSequences, DeriveOwnedSequences};

}  // namespace pgbale
