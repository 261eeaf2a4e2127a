// The order of a restore: what runs one after another, and the jobs that may
// run side by side.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_PLAN_H_
#define PGBALE_RESTORE_PLAN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "format/directory.h"
#include "format/entry.h"
#include "restore/selection.h"

namespace pgbale {

// Chunks of an entry, by their positions in the order of its rows.
struct ChunkSpan {
  size_t first = 0;
  size_t count = 0;
};

// Entries that one worker does in one transaction.
struct PlannedJob {
  std::vector<const Entry*> entries;
  // The entries' rows are loaded; else their statements run.
  bool rows = false;
  // Of the only entry, these chunks only.
  std::optional<ChunkSpan> span = std::nullopt;
  // Of the only entry: which of its steps this is. nullopt: it is made whole.
  std::optional<size_t> step = std::nullopt;
  uint64_t weight = 1;  // octets, or what costs as much
  // Ids of relations; see Job in base/sched/job_graph.h.
  std::vector<uint64_t> exclusive, shared;
  // Positions in the same list, of jobs that must have ended.
  std::vector<size_t> after;
};

struct Plan {
  // Outside the database, before all else: roles, tablespaces.
  std::vector<const Entry*> globals;
  // Outside the database too, behind these (--create).
  std::vector<const Entry*> database;
  std::vector<const Entry*> pre_data;
  // Data and post-data: a table's indexes and constraints wait for its own
  // rows only. Small ones share a job, that of others is one entry.
  std::vector<PlannedJob> main;
  std::vector<const Entry*> privileges;
  // What locks no table (event triggers) waits for all before it that does
  // (refreshes).
  std::vector<PlannedJob> last;
  // Of the planner, after all that changes them.
  std::vector<PlannedJob> statistics;
};

// Objects that `entry` makes, each of which takes locks: several large objects
// may share an entry.
inline size_t ObjectsOf(const Entry& entry) {
  return std::max<size_t>(1, entry.owner_targets.size());
}

// It makes something for which the server may take much memory.
bool BuildsLarge(const PlannedJob& job);
// How many of `jobs` build something large at a time: at most `workers`.
int BuildersOf(const std::vector<PlannedJob>& jobs, int workers);

// `entries` are all of the archive; ids count from 1 in their order. Data
// entries without rows get no job. `jobs` is how many may run at a time. If
// they are several, the steps of an entry that locks tables with
// `steps_bytes_min` octets of rows are jobs of their own; on smaller ones, they
// would cost more transactions than they gain.
Plan MakePlan(const std::vector<Entry>& entries, const Directory& directory,
              const Selection& selection, int jobs,
              uint64_t steps_bytes_min = kStepsBytesMin);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_PLAN_H_
