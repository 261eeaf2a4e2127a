#include "restore/resumed_target.h"

#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/name_array.h"
#include "restore/target_objects.h"

namespace pgbale {
namespace {

constexpr absl::string_view kHint =
    "What an earlier run has restored was changed since. Restore into an empty "
    "database, without --resume.";

// $1 and $2 are schemas and names, at the places that come back. A partitioned
// table has the pages of its partitions, of which a crash empties the unlogged
// ones. Tables on other servers are neither unlogged nor empty.
constexpr absl::string_view kRelations =
    "WITH named AS (SELECT w.place, c.oid, c.relkind FROM ROWS FROM ("
    "pg_catalog.unnest($1::pg_catalog.text[]), "
    "pg_catalog.unnest($2::pg_catalog.text[])) "
    "WITH ORDINALITY AS w(schema, name, place) "
    "JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema "
    "JOIN pg_catalog.pg_class c "
    "ON c.relnamespace = n.oid AND c.relname = w.name), "
    "part AS (SELECT oid AS whole, oid FROM named WHERE relkind <> 'p' "
    "UNION SELECT r.oid, t.relid "
    "FROM (SELECT DISTINCT oid FROM named WHERE relkind = 'p') r, "
    "pg_catalog.pg_partition_tree(r.oid) AS t), "
    "size AS (SELECT s.whole, p.relpersistence = 'u' AS unlogged, "
    "pg_catalog.pg_relation_size(p.oid) = 0 AS empty "
    "FROM part s JOIN pg_catalog.pg_class p ON p.oid = s.oid "
    "WHERE p.relkind IN ('r', 'S')), "
    "state AS (SELECT whole, pg_catalog.bool_or(unlogged) AS unlogged, "
    "pg_catalog.bool_and(empty) AS empty, pg_catalog.bool_and(empty) "
    "FILTER (WHERE unlogged) AS unlogged_empty FROM size GROUP BY whole) "
    "SELECT n.place, COALESCE(s.unlogged, false), COALESCE(s.empty, false), "
    "COALESCE(s.unlogged_empty, false) "
    "FROM named n LEFT JOIN state s ON s.whole = n.oid";
enum RelationColumn { kPlace, kUnlogged, kEmpty, kUnloggedEmpty };

absl::Status CheckRelations(pg::Connection& target, const Selection& selection,
                            const DoneWork& done, Findings& found) {
  std::vector<const Entry*> made;
  for (const Entry* entry : selection.entries)
    if (entry->is_relation && done.Made(entry->id)) made.push_back(entry);
  ASSIGN_OR_RETURN(const auto standing, StandingRelations(target, made));
  for (const Entry* entry : made)
    if (!standing.contains({entry->schema, entry->name}))
      found.Block(absl::StrCat(EntryLabel(*entry),
                               " was restored and does not exist any more"),
                  kHint);
  return absl::OkStatus();
}

// An entry, and the relation that holds what it has put there.
struct Holder {
  const Entry* entry;
  std::string schema, name;
};

// Rows, and states of sequences.
std::vector<Holder> HoldersOf(const Selection& selection,
                              const DoneWork& done) {
  absl::flat_hash_map<uint32_t, const Entry*> by_id;
  std::vector<Holder> holders;
  for (const Entry* entry : selection.entries) {
    by_id.emplace(entry->id, entry);
    if (entry->section != Section::kData) continue;
    if (entry->data.has_value() &&
        entry->data->target == DataTarget::kRelation) {
      if (done.chunks().contains(entry->id))
        holders.push_back({entry, entry->data->schema, entry->data->relation});
      continue;
    }
    const auto parent = by_id.find(entry->parent);
    if (done.Made(entry->id) && parent != by_id.end())
      holders.push_back({entry, parent->second->schema, parent->second->name});
  }
  return holders;
}

// Which of the rows went to partitions that a crash has emptied, nobody knows.
void BlockHalfLost(const Entry& entry, Findings& found) {
  found.Block(absl::StrCat(EntryLabel(entry), ": rows were restored through ",
                           Quoted(entry.data->schema, entry.data->relation),
                           ", and its unlogged partitions are empty, perhaps "
                           "since the server's crash"),
              "Restore into an empty database, without --resume.");
}

}  // namespace

absl::StatusOr<WorkRecord> CompareWithDone(pg::Connection& target,
                                           Preparation& made,
                                           const DoneWork& done) {
  RETURN_IF_ERROR(CheckRelations(target, made.selection, done, made.findings));
  WorkRecord forgotten = {WorkKind::kForgotten, {}};
  const std::vector<Holder> holders = HoldersOf(made.selection, done);
  std::vector<std::string> schemas, names;
  for (const Holder& holder : holders) {
    schemas.push_back(holder.schema);
    names.push_back(holder.name);
  }
  ASSIGN_OR_RETURN(
      const pg::Result result,
      target.Query(kRelations, {NameArray(schemas), NameArray(names)}));
  for (const pg::Row row : result) {
    const Entry& entry =
        *holders[static_cast<size_t>(row.integer(kPlace)) - 1].entry;
    const bool rows = entry.data.has_value();
    if (rows && !row.boolean(kEmpty)) {
      if (row.boolean(kUnloggedEmpty)) BlockHalfLost(entry, made.findings);
      continue;
    }
    if (row.boolean(kUnlogged))
      forgotten.units.push_back({.entry_id = entry.id});
    else if (rows && !made.filters.contains(entry.id))  // It may let none pass.
      made.findings.Block(
          absl::StrCat(EntryLabel(entry),
                       ": rows were restored, and the table is empty"),
          kHint);
  }
  return forgotten;
}

}  // namespace pgbale
