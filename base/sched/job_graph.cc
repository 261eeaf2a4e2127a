#include "base/sched/job_graph.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/text.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

uint64_t AddSaturated(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b
             ? std::numeric_limits<uint64_t>::max()
             : a + b;
}

void SortUnique(std::vector<uint64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

JobGraph::JobId JobGraph::Add(Job job) {
  SortUnique(job.exclusive);
  SortUnique(job.shared);
  // What is named both ways is exclusive.
  std::erase_if(job.shared, [&job](uint64_t resource) {
    return std::binary_search(job.exclusive.begin(), job.exclusive.end(),
                              resource);
  });
  Node node;
  node.job = std::move(job);
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

void JobGraph::AddDependency(JobId job, JobId prerequisite) {
  nodes_[prerequisite].dependents.push_back(job);
  ++nodes_[job].prerequisites;
}

absl::Status JobGraph::ComputePaths() {
  std::vector<size_t> missing(nodes_.size());
  std::vector<JobId> order;
  for (JobId id = 0; id < nodes_.size(); ++id) {
    missing[id] = nodes_[id].prerequisites;
    if (missing[id] == 0) order.push_back(id);
  }
  for (size_t i = 0; i < order.size(); ++i)
    for (JobId dependent : nodes_[order[i]].dependents)
      if (--missing[dependent] == 0) order.push_back(dependent);
  if (order.size() < nodes_.size()) return CycleError(missing);
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    Node& node = nodes_[*id];
    uint64_t longest = 0;
    for (JobId dependent : node.dependents)
      longest = std::max(longest, nodes_[dependent].path_weight);
    node.path_weight = AddSaturated(node.job.weight, longest);
  }
  return absl::OkStatus();
}

absl::Status JobGraph::CycleError(const std::vector<size_t>& missing) const {
  // Each job that could not be ordered has a prerequisite that could not be
  // either, so going back from one leads into a cycle.
  std::vector<JobId> before(nodes_.size());
  JobId at = 0;
  for (JobId id = 0; id < nodes_.size(); ++id) {
    if (missing[id] == 0) continue;
    at = id;
    for (JobId dependent : nodes_[id].dependents) before[dependent] = id;
  }
  for (size_t i = 0; i < nodes_.size(); ++i) at = before[at];
  std::vector<std::string> names = {Quoted(nodes_[at].job.name)};
  for (JobId id = before[at]; id != at; id = before[id])
    names.push_back(Quoted(nodes_[id].job.name));
  return MakeError(Failure::kError, absl::StrCat("jobs wait for each other: ",
                                                 absl::StrJoin(names, ", ")));
}

// One run: which jobs are ready, which wait for a resource, and the workers'
// loop.
//
// A job that is ready but finds a resource taken is parked with the resource.
// It comes back when the resource is given up; of several that want it for
// themselves only the best comes back, and if it is parked elsewhere then, the
// next one is called. So 10 000 foreign keys to one table cost no search.
class JobGraph::Runner {
 public:
  Runner(JobGraph& graph, CancelToken& cancel)
      : graph_(graph),
        nodes_(graph.nodes_),
        cancel_(cancel),
        missing_(nodes_.size()) {
    for (JobId id = 0; id < nodes_.size(); ++id) {
      graph_.weight_left_ =
          AddSaturated(graph_.weight_left_, nodes_[id].job.weight);
      missing_[id] = nodes_[id].prerequisites;
      if (missing_[id] == 0) ready_.insert(id);
    }
  }

  absl::Status Run(int workers) {
    {
      MutexLock lock(mu_);
      workers_ = static_cast<size_t>(workers);
    }
    const uint64_t callback = cancel_.AddCallback([this] {
      MutexLock lock(mu_);
      changed_.SignalAll();
    });
    std::vector<std::thread> threads;
    for (int worker = 0; worker < workers; ++worker)
      threads.emplace_back([this, worker] { Work(worker); });
    for (std::thread& thread : threads) thread.join();
    cancel_.RemoveCallback(callback);
    return AllEndedWell() ? absl::OkStatus() : cancel_.Check();
  }

 private:
  // The longest way first; jobs of equal length in the order of Add.
  struct Before {
    const std::vector<Node>& nodes;
    bool operator()(JobId a, JobId b) const {
      const uint64_t weight_a = nodes[a].path_weight;
      const uint64_t weight_b = nodes[b].path_weight;
      return weight_a != weight_b ? weight_a > weight_b : a < b;
    }
  };
  using JobSet = std::set<JobId, Before>;

  struct Resource {
    explicit Resource(const std::vector<Node>& nodes)
        : want_exclusive(Before{nodes}) {}
    bool taken_exclusive = false;
    size_t taken_shared = 0;
    JobSet want_exclusive;
    std::vector<JobId> want_shared;

    bool free() const { return !taken_exclusive && taken_shared == 0; }
  };

  bool AllEndedWell() {
    MutexLock lock(mu_);
    return ended_well_ == nodes_.size();
  }

  void Work(int worker) {
    while (const std::optional<JobId> id = Take()) {
      const Job& job = nodes_[*id].job;
      const absl::Status status = job.run(worker);
      if (!status.ok()) {
        if (cancel_.cancelled())
          spdlog::debug("after the first error, {}: {}", Printable(job.name),
                        Printable(std::string(status.message())));
        cancel_.Cancel(status);
      }
      End(*id, status.ok());
    }
  }

  // Waits for a job that may run and takes its resources; nullopt when there
  // is none any more.
  std::optional<JobId> Take() {
    MutexLock lock(mu_);
    while (true) {
      if (cancel_.cancelled() || ended_ == nodes_.size()) return std::nullopt;
      while (!ready_.empty()) {
        const JobId id = *ready_.begin();
        ready_.erase(ready_.begin());
        if (ParkIfBlocked(id)) continue;
        TakeResources(nodes_[id].job);
        ++running_;
        graph_.weight_left_ -=
            std::min<uint64_t>(graph_.weight_left_, nodes_[id].job.weight);
        CountBusy();
        return id;
      }
      changed_.Wait(mu_);
    }
  }

  void End(JobId id, bool well) {
    MutexLock lock(mu_);
    ++ended_;
    --running_;
    GiveUpResources(nodes_[id].job);
    if (well) {
      ++ended_well_;
      for (JobId dependent : nodes_[id].dependents)
        if (--missing_[dependent] == 0) ready_.insert(dependent);
    }
    CountBusy();
    changed_.SignalAll();
  }

  void CountBusy() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    graph_.busy_ =
        static_cast<int>(std::min(workers_, running_ + ready_.size()));
  }

  bool ParkIfBlocked(JobId id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const Job& job = nodes_[id].job;
    for (uint64_t name : job.exclusive) {
      Resource& resource = Find(name);
      if (resource.free()) continue;
      resource.want_exclusive.insert(id);
      CallOthers(job);
      return true;
    }
    for (uint64_t name : job.shared) {
      Resource& resource = Find(name);
      if (!resource.taken_exclusive) continue;
      resource.want_shared.push_back(id);
      CallOthers(job);
      return true;
    }
    return false;
  }

  // `job` was parked: others may have been waiting for it to take what it
  // now does not take.
  void CallOthers(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (uint64_t name : job.exclusive) Call(Find(name));
    for (uint64_t name : job.shared) Call(Find(name));
  }

  // Makes those ready that the resource does not hold up any more.
  void Call(Resource& resource) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (resource.taken_exclusive) return;
    ready_.insert(resource.want_shared.begin(), resource.want_shared.end());
    resource.want_shared.clear();
    if (!resource.free() || resource.want_exclusive.empty()) return;
    ready_.insert(*resource.want_exclusive.begin());
    resource.want_exclusive.erase(resource.want_exclusive.begin());
  }

  void TakeResources(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (uint64_t name : job.exclusive) Find(name).taken_exclusive = true;
    for (uint64_t name : job.shared) ++Find(name).taken_shared;
  }

  void GiveUpResources(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (uint64_t name : job.exclusive) {
      Find(name).taken_exclusive = false;
      Call(Find(name));
    }
    for (uint64_t name : job.shared) {
      --Find(name).taken_shared;
      Call(Find(name));
    }
  }

  Resource& Find(uint64_t name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return resources_.try_emplace(name, nodes_).first->second;
  }

  JobGraph& graph_;
  const std::vector<Node>& nodes_;
  CancelToken& cancel_;

  // Never held while the token is called: the token calls back into it.
  Mutex mu_;
  CondVar changed_;
  std::vector<size_t> missing_ ABSL_GUARDED_BY(mu_);
  JobSet ready_ ABSL_GUARDED_BY(mu_){Before{nodes_}};
  absl::flat_hash_map<uint64_t, Resource> resources_ ABSL_GUARDED_BY(mu_);
  size_t workers_ ABSL_GUARDED_BY(mu_) = 0;
  size_t running_ ABSL_GUARDED_BY(mu_) = 0;
  size_t ended_ ABSL_GUARDED_BY(mu_) = 0;
  size_t ended_well_ ABSL_GUARDED_BY(mu_) = 0;
};

absl::Status JobGraph::Run(int workers, CancelToken& cancel) {
  RETURN_IF_ERROR(ComputePaths());
  const size_t useful = std::min(static_cast<size_t>(workers), nodes_.size());
  return Runner(*this, cancel).Run(static_cast<int>(useful));
}

}  // namespace pgbale
