// Jobs with dependencies and locks, run by workers.
//
// Order: Add and AddDependency, then Run once. Of the jobs that may start,
// the one with the longest way to the end of the graph (its own weight plus
// that of what waits for it) starts first. The first error cancels the rest.
//
// One thread at a time; the jobs themselves run on the workers' threads.

#ifndef PGBALE_BASE_SCHED_JOB_GRAPH_H_
#define PGBALE_BASE_SCHED_JOB_GRAPH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/cancel.h"

namespace pgbale {

struct Job {
  std::string name;     // for messages
  uint64_t weight = 1;  // cost in any unit, the same for all jobs
  // Resources: two jobs that name the same one do not run at once, unless
  // both name it as shared.
  std::vector<uint64_t> exclusive = {};
  std::vector<uint64_t> shared = {};
  // `worker` is 0 … workers-1: jobs with one number never run at once.
  std::function<absl::Status(int worker)> run = nullptr;
};

class JobGraph {
 public:
  using JobId = size_t;

  JobId Add(Job job);
  // `job` starts after `prerequisite` ended well.
  void AddDependency(JobId job, JobId prerequisite);
  size_t size() const { return nodes_.size(); }

  // Runs all jobs on `workers` threads and returns the first error, or what
  // `cancel` was cancelled with; an error cancels the token, and later errors
  // go to the log. OK: every job ended well. Returns when all that was started
  // has ended. A cycle is an
  // error that names its jobs, before anything runs.
  // REQUIRES: workers > 0
  absl::Status Run(int workers, CancelToken& cancel);

  // Workers that have a job now, or will in a moment: as many as jobs are
  // ready. Thread-safe, for jobs that ask while Run is at work.
  int busy() const { return busy_; }
  // Likewise: of all jobs that have not begun, together.
  uint64_t weight_left() const { return weight_left_; }

 private:
  struct Node {
    Job job;
    std::vector<JobId> dependents;
    size_t prerequisites = 0;
    uint64_t path_weight = 0;
  };
  class Runner;

  // Fills path_weight; error on a cycle.
  absl::Status ComputePaths();
  // `missing`: for each job the prerequisites that could not be ordered.
  absl::Status CycleError(const std::vector<size_t>& missing) const;

  std::vector<Node> nodes_;
  std::atomic<int> busy_{0};
  std::atomic<uint64_t> weight_left_{0};
};

}  // namespace pgbale

#endif  // PGBALE_BASE_SCHED_JOB_GRAPH_H_
