// Which entries of an archive a restore works on.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_SELECTION_H_
#define PGBALE_RESTORE_SELECTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "format/entry.h"
#include "restore/restore.h"

namespace pgbale {

struct Selection {
  // In the archive's order, or that of the list; they point into the vector
  // that was given.
  std::vector<const Entry*> entries;
  // Ids of those that were not asked for, but are needed by what was. It is
  // no error if such an object stands in the target already.
  absl::flat_hash_set<uint32_t> needed;
  // Only a part was asked for, by schemas, tables or a list.
  bool partial = false;
  // Relations that are not selected, for which something was left out. Where
  // they stand in the target, that can come: RestoreOptions::standing.
  std::vector<const Entry*> missing;
  // What was left out although it belongs to a selected object, and why.
  std::vector<std::string> warnings;
};

// True for what belongs to the server and not to the database: roles,
// tablespaces, and their comments and privileges. `entries` are all.
bool IsGlobal(const Entry& entry, const std::vector<Entry>& entries);

// True for the database itself and what belongs to it: settings, comment,
// privileges, labels. `entries` are those of the archive.
bool IsOfDatabase(const Entry& entry, const std::vector<Entry>& entries);

// True if pages of large objects are selected.
bool HasLargeObjects(const Selection& selection);

// An entry is selected if
//   - its section, and its aspect (privileges, comments, database, globals),
//     is; database and globals are in no section and hit by no pattern;
//   - no exclude pattern hits its schema, or that of what it depends on; a
//     schema that is hit goes too, unless something else needs it;
//   - with `schemas` or `tables`: it is hit by them, or belongs to something
//     that is (`parent`), or is needed by one of these (`depends`). Partitions
//     come with their table. What belongs to a selected table but needs a table
//     that is neither selected nor `standing` (a foreign key) is left out with
//     a warning. Without `dependencies`: what is hit, its rows, comments,
//     labels and privileges, nothing else;
//   - with `indexes`, `functions`, `triggers`: it is hit by them, or is a
//     comment or the like of what is;
//   - its parent is, sections aside;
//   - with `listed`: it is among them.
// Errors: kUsage for a pattern that cannot be parsed, kError for one that
// matches nothing.
absl::StatusOr<Selection> SelectEntries(const std::vector<Entry>& entries,
                                        const RestoreOptions& options);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_SELECTION_H_
