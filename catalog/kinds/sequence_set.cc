// SEQUENCE SET: where a sequence stands. Values are not transactional: they
// are at least what the snapshot saw.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

// Sequences in one statement that reads them: the planner's work grows with
// each, a round trip costs as much as some dozens.
constexpr size_t kSequencesPerQuery = 500;

enum Field { kOid, kLastValue, kIsCalled, kReadable };

// An unlogged sequence cannot be read on a standby.
constexpr char kFromSequences[] =
    " FROM pg_catalog.pg_sequence s "
    "JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ";

std::string WhereReadable() {
  return absl::StrCat(
      "WHERE c.relpersistence <> 't' AND NOT (c.relpersistence = 'u' "
      "AND pg_catalog.pg_is_in_recovery()) AND ",
      kUserSchema, " ORDER BY s.seqrelid");
}

// From 18 on one function tells all, with NULLs for what may not be read.
// Before, pg_sequence_last_value tells the value if it was ever taken, else
// NULL; it refuses who has neither privilege.
std::string ValuesSql(int server_major) {
  if (server_major >= 18) {
    return absl::StrCat(
        "SELECT s.seqrelid, v.last_value, v.is_called, false", kFromSequences,
        "CROSS JOIN LATERAL pg_catalog.pg_get_sequence_data(s.seqrelid) v ",
        WhereReadable());
  }
  return absl::StrCat(
      "SELECT s.seqrelid, CASE WHEN pg_catalog.has_sequence_privilege("
      "s.seqrelid, 'SELECT, USAGE') "
      "THEN pg_catalog.pg_sequence_last_value(s.seqrelid) END, true, "
      "pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT')",
      kFromSequences, WhereReadable());
}

void SetValue(Object& object, const Relation& sequence, absl::string_view value,
              bool called) {
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{absl::StrCat(
          "SELECT pg_catalog.setval(", pg::QuoteLiteral(sequence.qualified),
          ", ", value, ", ", called ? "true" : "false", ")")},
      "", "");
}

Object& AddSequenceSet(Collector& collector, const Relation& sequence) {
  Object& object =
      collector.Add({catalog_oid::kPseudoSequenceSet, sequence.oid});
  object.schema = sequence.schema;
  object.name = sequence.name;
  object.section = Section::kData;
  object.aspect = Aspect::kData;
  object.parent = sequence.address();
  object.depends = {object.parent};
  return object;
}

using Objects = std::vector<std::pair<const Relation*, Object*>>;

// Before 18: the values of sequences that were not called yet. They need not
// be the start values (setval(…, false), ALTER SEQUENCE … RESTART), and stand
// only in the sequence itself.
//
// Selecting from a relation by name is safe here and nowhere else:
// pg_sequence_last_value has looked at it by oid, refused all that is no
// sequence, and keeps a lock on it that forbids to drop, rename or move it;
// should the schema's name have been given to another one, then
// restrict_nonsystem_relation_kind refuses a view or a foreign table, and
// tableoid tells any other relation.
absl::Status ReadUncalled(Collector& collector, const Objects& objects) {
  enum { kTableOid, kValue, kCalled };
  std::string sql;
  absl::flat_hash_map<Oid, std::pair<const Relation*, Object*>> expected;
  for (const auto& [sequence, object] : objects) {
    absl::StrAppend(&sql, sql.empty() ? "" : " UNION ALL ",
                    "SELECT tableoid, last_value, is_called FROM ",
                    sequence->qualified);
    expected[sequence->oid] = {sequence, object};
  }
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(sql));
  for (pg::Row row : result) {
    const auto found = expected.find(row.oid(kTableOid));
    if (found == expected.end()) continue;
    SetValue(*found->second.second, *found->second.first, row.text(kValue),
             row.boolean(kCalled));
  }
  return absl::OkStatus();
}

absl::Status CollectSequenceSets(Collector& collector) {
  if (!collector.options().data) {
    collector.Omit(catalog_oid::kPseudoSequenceSet);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result result,
                   collector.Query(ValuesSql(collector.server_major())));
  Objects uncalled;
  for (pg::Row row : result) {
    const Relation* sequence = collector.relations().Find(row.oid(kOid));
    if (sequence == nullptr) continue;
    Object& object = AddSequenceSet(collector, *sequence);
    if (!row.is_null(kLastValue)) {
      SetValue(object, *sequence, row.text(kLastValue), row.boolean(kIsCalled));
    } else if (row.boolean(kReadable)) {
      uncalled.emplace_back(sequence, &object);
    }
  }
  for (size_t i = 0; i < uncalled.size(); i += kSequencesPerQuery) {
    const size_t end = std::min(uncalled.size(), i + kSequencesPerQuery);
    RETURN_IF_ERROR(ReadUncalled(
        collector, Objects(uncalled.begin() + static_cast<ptrdiff_t>(i),
                           uncalled.begin() + static_cast<ptrdiff_t>(end))));
  }
  return absl::OkStatus();
}

// Only now it is known whether a value that could not be read is wanted.
absl::Status CheckValuesRead(Catalog& catalog) {
  for (const Object* object : catalog.OfKind(KindId::kSequenceSet)) {
    if (object->body != nullptr || !object->wanted.data) continue;
    return WithHint(MakeError(Failure::kError,
                              absl::StrCat("sequence ",
                                           Quoted(object->schema, object->name),
                                           ": its value cannot be read")),
                    "The dumping role needs SELECT on it.");
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kSequenceSetKind = {"SEQUENCE SET", CollectSequenceSets,
                                      CheckValuesRead};

}  // namespace pgbale
