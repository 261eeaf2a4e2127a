// Loads the rows of planned jobs, wherever these come from.

#ifndef PGBALE_RESTORE_JOB_LOADER_H_
#define PGBALE_RESTORE_JOB_LOADER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "restore/plan.h"
#include "restore/restore.h"
#include "restore/session.h"

namespace pgbale {

// What is committed.
struct LoadCounts {
  uint64_t tables = 0;         // data entries
  uint64_t tables_before = 0;  // by an earlier run, all their rows
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  std::vector<FilteredRows> filtered;  // by label
};

// Thread-safe; each worker, and its session: one thread at a time.
class JobLoader {
 public:
  virtual ~JobLoader() = default;

  // Loads all rows of the job's entries, or those of its span, by `session`,
  // which is the worker's. An error that is returned ends the restore, as with
  // EntryRunner.
  // REQUIRES: job.rows
  virtual absl::Status Load(int worker, Session& session,
                            const PlannedJob& job) = 0;
  // All jobs with rows are done; called once, while others build on them. An
  // error ends the restore.
  virtual absl::Status EndRows() { return absl::OkStatus(); }

  virtual LoadCounts counts() const = 0;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOB_LOADER_H_
