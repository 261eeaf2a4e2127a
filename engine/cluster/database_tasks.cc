#include "engine/cluster/database_tasks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sched/job_graph.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

// Connections and jobs cost some ten milliseconds, in which about so many
// octets could be read.
constexpr uint64_t kLargeBytes = uint64_t{16} << 20;

// An error inside cancels the task's own token before it gets its database's
// name, and so not yet the others.
absl::Status RunTask(const DatabaseTask& task, int jobs, CancelToken& cancel) {
  RETURN_IF_ERROR(cancel.Check());
  CancelToken inner;
  const uint64_t id = cancel.AddCallback(
      [&inner] { inner.Cancel(MakeError(Failure::kError, "cancelled")); });
  const absl::Status status = task.run(jobs, inner);
  cancel.RemoveCallback(id);
  if (status.ok()) return status;
  RETURN_IF_ERROR(cancel.Check());
  return Annotate(status, absl::StrCat("database ", Quoted(task.database)));
}

}  // namespace

absl::Status RunDatabaseTasks(const std::vector<DatabaseTask>& tasks, int jobs,
                              CancelToken& cancel) {
  JobGraph small;
  for (const DatabaseTask& task : tasks) {
    if (jobs > 1 && task.bytes >= kLargeBytes) {
      RETURN_IF_ERROR(RunTask(task, jobs, cancel));
      continue;
    }
    Job job;
    job.name = Quoted(task.database);
    job.weight = task.bytes + 1;
    job.run = [&task, &cancel](int) { return RunTask(task, 1, cancel); };
    small.Add(std::move(job));
  }
  return small.Run(jobs, cancel);
}

}  // namespace pgbale
