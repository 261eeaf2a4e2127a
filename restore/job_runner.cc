#include "restore/job_runner.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

#include "base/clock.h"
#include "base/sched/job_graph.h"
#include "base/status.h"
#include "restore/label.h"
#include "restore/maintenance.h"

namespace pgbale {
namespace {

absl::Status RunJob(const PlannedJob& job, int worker, int busy,
                    Session& session, const JobTools& tools) {
  if (job.rows) return tools.loader->Load(worker, session, job);
  if (tools.maintenance != nullptr)
    RETURN_IF_ERROR(tools.maintenance->Prepare(session, job, busy));
  if (job.step.has_value())
    return tools.runner.CreateStep(session, *job.entries.front(), *job.step);
  return tools.runner.Create(session, job.entries);
}

}  // namespace

absl::Status RunJobs(const std::vector<PlannedJob>& jobs, int workers,
                     const JobTools& tools,
                     const std::function<void()>& on_rows_done) {
  std::atomic<size_t> rows_left = static_cast<size_t>(
      std::count_if(jobs.begin(), jobs.end(),
                    [](const PlannedJob& job) { return job.rows; }));
  if (rows_left == 0) on_rows_done();
  JobGraph graph;
  for (const PlannedJob& planned : jobs) {
    Job job;
    job.name = EntryLabel(*planned.entries.front());
    job.weight = planned.weight;
    job.exclusive = planned.exclusive;
    job.shared = planned.shared;
    job.run = [&planned, &tools, &rows_left, &on_rows_done,
               &graph](int worker) -> absl::Status {
      ASSIGN_OR_RETURN(Session * session, tools.sessions.Get(worker));
      const Stopwatch clock;
      RETURN_IF_ERROR(
          RunJob(planned, worker,
                 BusyBeside(graph.busy(), planned.weight, graph.weight_left()),
                 *session, tools));
      tools.times.Add(planned.entries, clock.seconds());
      if (planned.rows && --rows_left == 0) on_rows_done();
      return absl::OkStatus();
    };
    graph.Add(std::move(job));
  }
  for (size_t i = 0; i < jobs.size(); ++i)
    for (const size_t before : jobs[i].after) graph.AddDependency(i, before);
  return graph.Run(workers, tools.cancel);
}

}  // namespace pgbale
