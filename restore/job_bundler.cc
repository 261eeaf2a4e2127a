#include "restore/job_bundler.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace pgbale {
namespace {

// A job of more does not gain from sharing its transaction.
constexpr uint64_t kSmallWeight = 1 << 20;
// Entries, the objects in them, and weight in one job at most: locks are held
// until its commit, and what waits for one of its entries waits for all.
constexpr size_t kBundleEntries = 100;
constexpr size_t kBundleObjects = 500;
constexpr uint64_t kBundleWeight = 8 << 20;
// At least so many bundles for each worker, that none ends much later.
constexpr size_t kBundlesPerWorker = 4;

bool IsSmall(const PlannedJob& job) {
  const Entry& entry = *job.entries.front();
  const bool large_objects =
      entry.data.has_value() && entry.data->target == DataTarget::kLargeObjects;
  return entry.transactional && !job.step.has_value() && !large_objects &&
         job.weight <= kSmallWeight;
}

// By job: 0 for one that waits for nothing, else one more than the deepest
// that it waits for. What is part of a circle gets some depth; the job graph
// will report it.
std::vector<size_t> Depths(const std::vector<PlannedJob>& jobs) {
  std::vector<size_t> depths(jobs.size());
  std::vector<size_t> waits(jobs.size());
  std::vector<std::vector<size_t>> dependents(jobs.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < jobs.size(); ++i) {
    waits[i] = jobs[i].after.size();
    for (const size_t before : jobs[i].after) dependents[before].push_back(i);
    if (waits[i] == 0) order.push_back(i);
  }
  for (size_t next = 0; next < order.size(); ++next) {
    const size_t job = order[next];
    for (const size_t dependent : dependents[job]) {
      depths[dependent] = std::max(depths[dependent], depths[job] + 1);
      if (--waits[dependent] == 0) order.push_back(dependent);
    }
  }
  return depths;
}

// What belongs to one table stays together, else the archive's order.
std::pair<uint32_t, uint32_t> Place(const PlannedJob& job) {
  const Entry& entry = *job.entries.front();
  return {entry.parent == 0 ? entry.id : entry.parent, entry.id};
}

void SortUnique(std::vector<uint64_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

class Bundler {
 public:
  explicit Bundler(std::vector<PlannedJob> jobs)
      : jobs_(std::move(jobs)), bundle_of_(jobs_.size()) {}

  std::vector<PlannedJob> Run(int workers) {
    const std::vector<size_t> depths = Depths(jobs_);
    // Rows and statements take different ways, so they cannot be mixed.
    std::map<std::pair<bool, size_t>, std::vector<size_t>> groups;
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (IsSmall(jobs_[i]))
        groups[{jobs_[i].rows, depths[i]}].push_back(i);
      else
        Open(i);
    }
    for (auto& [key, group] : groups) AddGroup(group, workers);
    for (size_t i = 0; i < jobs_.size(); ++i)
      for (const size_t before : jobs_[i].after)
        bundles_[bundle_of_[i]].after.push_back(bundle_of_[before]);
    for (PlannedJob& bundle : bundles_) Finish(bundle);
    return std::move(bundles_);
  }

 private:
  void AddGroup(std::vector<size_t>& group, int workers) {
    std::sort(group.begin(), group.end(), [this](size_t a, size_t b) {
      return Place(jobs_[a]) < Place(jobs_[b]);
    });
    const size_t bundles = kBundlesPerWorker * static_cast<size_t>(workers);
    const size_t entries_max =
        std::clamp(group.size() / bundles, size_t{1}, kBundleEntries);
    bool full = true;
    size_t objects = 0;
    for (const size_t i : group) {
      if (full) {
        objects = 0;
        Open(i);
      } else {
        Append(i);
      }
      objects += ObjectsOf(*jobs_[i].entries.front());
      full = bundles_.back().entries.size() >= entries_max ||
             bundles_.back().weight >= kBundleWeight ||
             objects >= kBundleObjects;
    }
  }

  void Open(size_t i) {
    bundle_of_[i] = bundles_.size();
    PlannedJob bundle = jobs_[i];
    bundle.after.clear();
    bundles_.push_back(std::move(bundle));
  }

  void Append(size_t i) {
    bundle_of_[i] = bundles_.size() - 1;
    const PlannedJob& job = jobs_[i];
    PlannedJob& bundle = bundles_.back();
    bundle.entries.push_back(job.entries.front());
    bundle.weight += job.weight;
    bundle.exclusive.insert(bundle.exclusive.end(), job.exclusive.begin(),
                            job.exclusive.end());
    bundle.shared.insert(bundle.shared.end(), job.shared.begin(),
                         job.shared.end());
  }

  static void Finish(PlannedJob& bundle) {
    SortUnique(bundle.exclusive);
    SortUnique(bundle.shared);
    std::sort(bundle.after.begin(), bundle.after.end());
    bundle.after.erase(std::unique(bundle.after.begin(), bundle.after.end()),
                       bundle.after.end());
  }

  std::vector<PlannedJob> jobs_;
  std::vector<size_t> bundle_of_;
  std::vector<PlannedJob> bundles_;
};

}  // namespace

std::vector<PlannedJob> BundleJobs(std::vector<PlannedJob> jobs, int workers) {
  return Bundler(std::move(jobs)).Run(workers);
}

}  // namespace pgbale
