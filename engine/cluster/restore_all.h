// Restores all databases of a folder that DumpAll made: the story of `pgbale
// restore --all-databases`. Roles and tablespaces first, then each database,
// which is created. "postgres" and "template1" stand in every server: what
// they held is restored into them.

#ifndef PGBALE_ENGINE_CLUSTER_RESTORE_ALL_H_
#define PGBALE_ENGINE_CLUSTER_RESTORE_ALL_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "restore/restore.h"

namespace pgbale {

struct RestoreAllSummary {
  // Its errors and warnings name the databases.
  RestoreSummary total;
  // By raw name, in this order; roles and tablespaces are not among them.
  std::vector<std::pair<std::string, RestoreSummary>> databases;
};

// `options` are those of each database; `target` leads to any database of the
// server, and `jobs` is the budget of all together. `clean` drops databases
// that exist, save the two above. Errors: as Restore, and before anything is
// written
//   - kNotFound without such a folder or archives in it, kIncomplete for one
//     whose dump did not finish, what opening an archive fails with;
//   - kError with one line for each database that exists.
absl::StatusOr<RestoreAllSummary> RestoreAll(const std::string& folder,
                                             const RestoreOptions& options,
                                             CancelToken& cancel,
                                             Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLUSTER_RESTORE_ALL_H_
