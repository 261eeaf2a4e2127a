// Does a target still hold what an earlier run of a restore has put there?

#ifndef PGBALE_RESTORE_RESUMED_TARGET_H_
#define PGBALE_RESTORE_RESUMED_TARGET_H_

#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "restore/done_work.h"
#include "restore/journal_text.h"
#include "restore/preparation.h"

namespace pgbale {

// Adds a problem to the findings of `made` for each relation that was made and
// is missing, and for each table that got rows and is empty. Returns what is to
// be forgotten: rows of unlogged tables that a crash of the server has emptied,
// states of unlogged sequences, which it may have reset. Reads only; an error
// is a query's.
absl::StatusOr<WorkRecord> CompareWithDone(pg::Connection& target,
                                           Preparation& made,
                                           const DoneWork& done);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_RESUMED_TARGET_H_
