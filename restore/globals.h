// Makes what belongs to a whole server: roles, memberships, tablespaces.
//
// What stands already is altered to be equal (Entry::alter); nothing is
// dropped or revoked. The role that restores, and the superuser that initdb
// made, keep every right they have: an entry that would take one away from
// them is undone, with a warning.
//
// One thread at a time.

#ifndef PGBALE_RESTORE_GLOBALS_H_
#define PGBALE_RESTORE_GLOBALS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "restore/entry_runner.h"
#include "restore/error_log.h"
#include "restore/session.h"

namespace pgbale {

struct GlobalsReport {
  uint64_t entries = 0;
  // As in RestoreSummary.
  std::vector<std::string> changes, left_out;
};

// Runs `entries` in this order. Errors: as EntryRunner::Create.
absl::StatusOr<GlobalsReport> RestoreGlobals(
    Session& session, EntrySpan entries, const StatementOptions& options,
    CancelToken& cancel, ErrorLog& errors, Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_GLOBALS_H_
