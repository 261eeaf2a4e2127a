// Runs the planned jobs on several sessions.

#ifndef PGBALE_RESTORE_JOB_RUNNER_H_
#define PGBALE_RESTORE_JOB_RUNNER_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "base/cancel.h"
#include "restore/entry_runner.h"
#include "restore/job_loader.h"
#include "restore/job_maintenance.h"
#include "restore/plan.h"
#include "restore/session.h"
#include "restore/work_times.h"

namespace pgbale {

struct JobTools {
  SessionPool& sessions;
  EntryRunner& runner;
  // For jobs with rows; nullptr: there are none.
  JobLoader* loader;
  // nullptr: sessions keep what they have.
  const JobMaintenance* maintenance;
  WorkTimes& times;
  CancelToken& cancel;
};

// Runs all jobs, `workers` at a time. `on_rows_done` is called once, on any
// worker's thread, when the last rows are committed; at once if there are
// none. Returns the first error, which ends the others.
absl::Status RunJobs(const std::vector<PlannedJob>& jobs, int workers,
                     const JobTools& tools,
                     const std::function<void()>& on_rows_done);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOB_RUNNER_H_
