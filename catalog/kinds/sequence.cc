// SEQUENCE: free ones, those that a column owns (serial), and those of
// identity columns, which are made with ALTER TABLE and go with the table. The
// value is SequenceSet's, OWNED BY is SequenceOwnedBy's.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kType,
  kStart,
  kIncrement,
  kMinimum,
  kMaximum,
  kCache,
  kCycle,
  kOwningTable,
  kOwningColumn,
  kIdentity
};

// An owning column is a dependency on it: 'a' of a serial, 'i' of an identity.
std::string SequencesSql(int /*server_major*/) {
  return absl::StrCat(
      "SELECT s.seqrelid, pg_catalog.format_type(s.seqtypid, NULL), "
      "s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, "
      "s.seqcycle, d.refobjid, d.refobjsubid, d.deptype = 'i' "
      "FROM pg_catalog.pg_sequence s LEFT JOIN pg_catalog.pg_depend d "
      "ON d.classid = ",
      catalog_oid::kClass,
      " AND d.objid = s.seqrelid AND d.objsubid = 0 AND d.refclassid = ",
      catalog_oid::kClass,
      " AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') "
      "ORDER BY s.seqrelid");
}

struct Bounds {
  int64_t minimum, maximum;
};

// What CREATE SEQUENCE takes for NO MINVALUE and NO MAXVALUE.
Bounds DefaultBounds(absl::string_view type, bool ascending) {
  Bounds range = {std::numeric_limits<int64_t>::min(),
                  std::numeric_limits<int64_t>::max()};
  if (type == "smallint")
    range = {std::numeric_limits<int16_t>::min(),
             std::numeric_limits<int16_t>::max()};
  if (type == "integer")
    range = {std::numeric_limits<int32_t>::min(),
             std::numeric_limits<int32_t>::max()};
  return ascending ? Bounds{1, range.maximum} : Bounds{range.minimum, -1};
}

std::string Bound(absl::string_view word, int64_t value, int64_t standard) {
  if (value == standard) return absl::StrCat("\n    NO ", word);
  return absl::StrCat("\n    ", word, " ", value);
}

std::string Options(pg::Row row) {
  const Bounds bounds =
      DefaultBounds(row.text(kType), row.integer(kIncrement) > 0);
  return absl::StrCat("\n    START WITH ", row.text(kStart),
                      "\n    INCREMENT BY ", row.text(kIncrement),
                      Bound("MINVALUE", row.integer(kMinimum), bounds.minimum),
                      Bound("MAXVALUE", row.integer(kMaximum), bounds.maximum),
                      "\n    CACHE ", row.text(kCache),
                      row.boolean(kCycle) ? "\n    CYCLE" : "");
}

std::string CreateStatement(pg::Row row, const Relation& sequence) {
  const absl::string_view type = row.text(kType);
  return absl::StrCat("CREATE ", sequence.persistence == 'u' ? "UNLOGGED " : "",
                      "SEQUENCE ", sequence.qualified,
                      type == "bigint" ? "" : absl::StrCat("\n    AS ", type),
                      Options(row));
}

// Before 15 no sequence was unlogged, whatever its table.
std::string Persistence(const Relation& sequence, const Relation& table,
                        int server_major) {
  if (server_major < 15 || sequence.persistence == table.persistence) return "";
  return sequence.persistence == 'u' ? "\n    UNLOGGED" : "\n    LOGGED";
}

std::string IdentityStatement(pg::Row row, const Relation& sequence,
                              const Relation& table,
                              const RelationColumn& column, int server_major) {
  return absl::StrCat("ALTER TABLE ", table.qualified, " ALTER COLUMN ",
                      pg::QuoteIdentifier(column.name), " ADD GENERATED ",
                      column.identity == 'a' ? "ALWAYS" : "BY DEFAULT",
                      " AS IDENTITY (\n    SEQUENCE NAME ", sequence.qualified,
                      Persistence(sequence, table, server_major), Options(row),
                      "\n)");
}

void AddSequence(Collector& collector, pg::Row row, const Relation& sequence) {
  Object& object = collector.Add(sequence.address());
  object.schema = sequence.schema;
  object.name = sequence.name;
  object.target = absl::StrCat("SEQUENCE ", sequence.qualified);
  object.grant_target = object.target;
  object.acl_kind = 's';

  const Relation* table = collector.relations().Find(row.oid(kOwningTable));
  const RelationColumn* column =
      table == nullptr
          ? nullptr
          : table->FindColumn(static_cast<int>(row.integer(kOwningColumn)));
  if (column != nullptr) object.parent = table->address();
  if (column != nullptr && row.boolean(kIdentity)) {
    // Dropped with its table, and owned by the table's owner.
    object.depends = {object.parent};
    if (!Persistence(sequence, *table, collector.server_major()).empty())
      object.need = {15, "unlogged sequences"};
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{IdentityStatement(
            row, sequence, *table, *column, collector.server_major())},
        "", "");
    return;
  }
  object.owner = sequence.owner;
  if (sequence.persistence == 'u') object.need = {15, "unlogged sequences"};
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{CreateStatement(row, sequence)}, "SEQUENCE",
      sequence.qualified);
}

absl::Status CollectSequences(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(SequencesSql(collector.server_major())));
  for (pg::Row row : result) {
    const Relation* sequence = collector.relations().Find(row.oid(kOid));
    if (sequence != nullptr) AddSequence(collector, row, *sequence);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kSequenceKind = {.tag = "SEQUENCE",
                                   .collect = CollectSequences,
                                   .early_queries = OneQuery<SequencesSql>,
                                   .collect_cost = 2};

}  // namespace pgbale
