// Many small jobs as few larger ones: a table of ten rows costs one commit and
// some round trips, and a database may have thousands of them.
//
// Pure function; any thread.

#ifndef PGBALE_RESTORE_JOB_BUNDLER_H_
#define PGBALE_RESTORE_JOB_BUNDLER_H_

#include <vector>

#include "restore/plan.h"

namespace pgbale {

// Puts small jobs of equal kind and depth (the longest way to it from a job
// that waits for nothing) together. Jobs of one depth do not wait for each
// other, so that no circle can come of it. Those that are not small, not
// transactional, steps, or large objects stay alone. There are still enough
// jobs for `workers`. REQUIRES: each job has one entry.
std::vector<PlannedJob> BundleJobs(std::vector<PlannedJob> jobs, int workers);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOB_BUNDLER_H_
