// ANALYZE of what was restored: a server gathers statistics of plain tables
// some time after they are filled, and of partitioned ones never.

#ifndef PGBALE_RESTORE_ANALYZE_H_
#define PGBALE_RESTORE_ANALYZE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "format/entry.h"
#include "restore/error_log.h"
#include "restore/selection.h"
#include "restore/session.h"

namespace pgbale {

// The relations that `selection` makes, or the rows of which it loads; not
// those that may stand there and are only needed.
std::vector<const Entry*> RelationsToAnalyze(const Selection& selection,
                                             const std::vector<Entry>& entries);

// Analyzes the relations that `entries` made, by `workers` sessions at a time,
// the largest first: tables and materialized views that have rows, and those
// that have partitions or children. A server before 18 analyzes partitions with
// their partitioned table, so that they are left out where that one is in
// `entries` too. A deadlock with somebody else, such as autovacuum, is tried
// again, unless a transaction is open in the session (`in_transaction`).
// Returns how many were analyzed. Errors go to the log; one that is returned
// ends the restore.
absl::StatusOr<uint64_t> AnalyzeRelations(
    const std::vector<const Entry*>& entries, SessionPool& sessions,
    int workers, bool in_transaction, ErrorLog& errors, CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ANALYZE_H_
