// Of some tables, only the rows that fulfil a condition (--where).
//
// The server decides for each row, by its own reading of the condition: rows go
// into a temporary table, what does not fulfil it is deleted there, and the
// rest goes on. What the condition says that can be told from the front of a
// chunk spares the others from being read; that must never let a row be missed.

#ifndef PGBALE_RESTORE_ROW_FILTER_H_
#define PGBALE_RESTORE_ROW_FILTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/pg/connection.h"
#include "format/archive_info.h"
#include "format/archive_reader.h"
#include "restore/entry_rows.h"
#include "restore/findings.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

struct RowFilter {
  std::string condition;  // as the user wrote it
  std::string table;      // raw; its columns may be qualified by it
  // Rows are chosen where they are merged, not where they are loaded.
  bool at_merge = false;
};
// By data entry.
using RowFilters = absl::flat_hash_map<uint32_t, RowFilter>;

// Those that options.where asks for. Adds a warning to `selection` for each
// foreign key that may miss rows. Errors: kUsage for a pattern that cannot be
// parsed; kError if one does not match a single table whose rows are selected.
absl::StatusOr<RowFilters> FindRowFilters(const RestoreOptions& options,
                                          Selection& selection);

// Has the server of `connection` read each condition, with the columns of the
// archive, and adds its error, with its place, as a problem. A warning where
// that cannot be told because the restore makes what the condition may need.
// Reads only; an error is another query's.
absl::Status CheckRowFilters(pg::Connection& connection,
                             const ArchiveInfo& info, const RowFilters& filters,
                             const Selection& selection, Findings& found);

// "AS t WHERE (…)" behind the table whose rows are chosen.
std::string WhereClause(const RowFilter& filter);

// Those of `chunks`, of the entry `entry`, that may hold rows that the filter
// lets pass, in the same order. Reads the front of each large one; one that is
// damaged is kept, for who reads it to find out. `connection` leads to where
// the rows go: columns that are of another type there, or of a collation of
// which equality is not that of octets, tell nothing. Error: a query's.
absl::StatusOr<std::vector<ChunkRef>> ChunksToRead(
    pg::Connection& connection, const ArchiveReader& reader, const Entry& entry,
    const RowFilter& filter, absl::Span<const ChunkRef> chunks);

// As CopyTable, of the rows that the filter lets pass: returns how many. In the
// transaction that is open.
// REQUIRES: !filter.at_merge
absl::StatusOr<uint64_t> CopyFiltered(pg::Connection& connection,
                                      EntryRows& rows, const RowFilter& filter);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ROW_FILTER_H_
