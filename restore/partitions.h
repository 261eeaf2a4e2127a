// Partitions, as far as an archive knows them: what is attached to what, and
// which table takes the rows of a partition.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_PARTITIONS_H_
#define PGBALE_RESTORE_PARTITIONS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "format/entry.h"
#include "restore/selection.h"

namespace pgbale {

// All ids are those of entries.
struct Attachment {
  uint32_t parent = 0;  // the partitioned table
  uint32_t entry = 0;   // what attaches
};

// By the id of a partition's table.
using Attachments = absl::flat_hash_map<uint32_t, Attachment>;
Attachments FindAttachments(const std::vector<Entry>& entries);
Attachments FindAttachments(const std::vector<const Entry*>& entries);

// `table` and the partitioned tables above it, the outermost last.
std::vector<uint32_t> WithAncestors(const Attachments& attachments,
                                    uint32_t table);

// Where the rows of a data entry go, other than its entry says.
struct RowRoute {
  uint32_t data_entry = 0;
  uint32_t table = 0;
  bool via_root = false;  // `table` is not that which the rows come from
};

// The rows of a partition that is made and not attached stay in it, although
// the archive wants them to go through the root: that one is not there. The
// outermost table that is made, with what is attached to it, is their root.
// With `via_root`, rows of all partitions go through their roots.
std::vector<RowRoute> RoutesOfRows(const std::vector<Entry>& entries,
                                   const Selection& selection, bool via_root);

// Takes the statistics of tables, and of their indexes, out of `selection` that
// are filled through their roots: other rows may come to them than they had.
// How many entries.
uint64_t LeaveOutStatisticsOfPartitions(const std::vector<Entry>& entries,
                                        Selection& selection);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_PARTITIONS_H_
