// Large tables are loaded by several connections: their chunks are cut into
// spans, each of which is a job of its own, and a transaction if there is no
// journal.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_LOAD_SPANS_H_
#define PGBALE_RESTORE_LOAD_SPANS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "format/directory.h"
#include "restore/plan.h"
#include "restore/selection.h"

namespace pgbale {

// By entry: its chunks in the order in which its rows stood at the source.
using ChunksByEntry = absl::flat_hash_map<uint32_t, std::vector<ChunkRef>>;
ChunksByEntry ChunksInOrder(const Directory& directory);

// Ids of what a restore makes itself: not of what may stand already.
absl::flat_hash_set<uint32_t> MadeBy(const Selection& selection);

// Ids of the data entries whose rows may be committed part by part, because
// nothing looks at them before all are there: rows of tables that `selection`
// makes, and pages of large objects. In a table that stands already, a key or a
// trigger may want rows of another part; so may they in one that is attached to
// such a table, and rows that go through a root want all below it to be made.
absl::flat_hash_set<uint32_t> LoadedInParts(const Selection& selection);

// Tables with fewer octets of rows are loaded whole: one connection takes less
// than a second for them, and keeps their rows in order and together.
constexpr uint64_t kCutTableOctets = uint64_t{64} << 20;

struct LoadCut {
  int workers = 1;
  int server_major = 0;
  uint64_t table_octets_min = kCutTableOctets;
  // Large objects, too: CanWriteSideBySide (restore/large_object_copy.h).
  bool large_objects = false;
};

// `jobs`, where loads of one large table each, or of large objects, are cut;
// what waited for one waits for all of its spans. Only tables that may be
// loaded in parts.
std::vector<PlannedJob> CutLoads(std::vector<PlannedJob> jobs,
                                 const Directory& directory,
                                 const Selection& selection,
                                 const LoadCut& cut);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_LOAD_SPANS_H_
