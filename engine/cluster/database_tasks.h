// Work on many databases within one budget of connections.

#ifndef PGBALE_ENGINE_CLUSTER_DATABASE_TASKS_H_
#define PGBALE_ENGINE_CLUSTER_DATABASE_TASKS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/cancel.h"

namespace pgbale {

struct DatabaseTask {
  std::string database;  // raw name
  uint64_t bytes = 0;    // how much there is to do
  // Does it with so many connections that work; stops when `cancel` is
  // cancelled. Small databases' tasks run at the same time.
  std::function<absl::Status(int jobs, CancelToken& cancel)> run = nullptr;
};

// Runs all tasks: large databases one after another with all `jobs`, then the
// small ones side by side, each with one. Returns the first error, which names
// the database, or what `cancel` was cancelled with.
absl::Status RunDatabaseTasks(const std::vector<DatabaseTask>& tasks, int jobs,
                              CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLUSTER_DATABASE_TASKS_H_
