#include "restore/plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "restore/job_bundler.h"
#include "restore/table_rows.h"

namespace pgbale {
namespace {

// What a transaction with nothing in it costs, in octets that could be loaded
// meanwhile; only the order of magnitude matters.
constexpr uint64_t kJobBytes = 16 << 10;

// To build an index on half of so many octets of rows takes no memory to speak
// of.
constexpr uint64_t kLargeBytes = 1 << 20;

// The resource of a relation that steps apart take: an id that no entry has.
constexpr uint64_t kApart = uint64_t{1} << 32;

// Turns entries of data and post-data into jobs of one entry each, or of one
// of its steps.
class JobMaker {
 public:
  // Steps of entries that lock tables of less than `steps_bytes_min` are not
  // told apart; nullopt: none are.
  JobMaker(const std::vector<Entry>& entries, const TableRows& rows,
           std::optional<uint64_t> steps_bytes_min)
      : entries_(entries), rows_(rows), steps_bytes_min_(steps_bytes_min) {}

  std::vector<PlannedJob> Make(const std::vector<const Entry*>& selected);

 private:
  using Ids = absl::flat_hash_set<uint32_t>;

  bool Known(uint32_t id) const { return id > 0 && id <= entries_.size(); }
  bool IsJob(uint32_t id) const { return position_.contains(id); }

  PlannedJob MakeJob(const Entry& entry) const;
  PlannedJob MakeRowsJob(const Entry& entry) const;
  PlannedJob MakeStepJob(const Entry& entry, size_t step) const;
  bool InSteps(const Entry& entry) const;
  // Appends what `entry` takes, in order.
  void AddJobs(const Entry& entry, std::vector<PlannedJob>& jobs) const;
  // What it costs to read the rows of the relations that the job locks, and to
  // write what it makes. Only a rough measure: what is known of two indexes of
  // a table is which of them is the larger one.
  uint64_t WeightOf(const Entry& entry, const PlannedJob& job) const;
  // Of the rows of the relations that the job locks.
  uint64_t BytesLocked(const PlannedJob& job) const;
  // Ids of the relations that `entry` locks; what says nothing about locks
  // counts as its parent.
  void AddLocks(const Entry& entry, PlannedJob& job) const;
  void AddPrerequisites(const Entry& entry, PlannedJob& job) const;
  // Adds the jobs among what `id` depends on, through what is no job.
  void AddJobsBehind(uint32_t id, Ids& seen, Ids& found) const;

  const std::vector<Entry>& entries_;
  const TableRows& rows_;
  const std::optional<uint64_t> steps_bytes_min_;
  // By entry: of its job, or of that of its last step.
  absl::flat_hash_map<uint32_t, size_t> position_;
};

std::vector<PlannedJob> JobMaker::Make(
    const std::vector<const Entry*>& selected) {
  std::vector<const Entry*> kept;
  size_t count = 0;
  for (const Entry* entry : selected) {
    if (entry->data.has_value() && rows_.TotalsOf(entry->id).rows == 0)
      continue;
    count += InSteps(*entry) ? entry->steps.size() : 1;
    position_[entry->id] = count - 1;
    kept.push_back(entry);
  }
  std::vector<PlannedJob> jobs;
  jobs.reserve(count);
  for (const Entry* entry : kept) AddJobs(*entry, jobs);
  return jobs;
}

void JobMaker::AddJobs(const Entry& entry,
                       std::vector<PlannedJob>& jobs) const {
  const size_t first = jobs.size();
  if (InSteps(entry)) {
    for (size_t step = 0; step < entry.steps.size(); ++step) {
      jobs.push_back(MakeStepJob(entry, step));
      if (step > 0) jobs.back().after = {first + step - 1};
    }
  } else {
    jobs.push_back(entry.data.has_value() ? MakeRowsJob(entry)
                                          : MakeJob(entry));
  }
  AddPrerequisites(entry, jobs[first]);
}

bool JobMaker::InSteps(const Entry& entry) const {
  if (entry.steps.empty() || !entry.transactional ||
      !steps_bytes_min_.has_value())
    return false;
  return BytesLocked(MakeJob(entry)) >= *steps_bytes_min_;
}

PlannedJob JobMaker::MakeRowsJob(const Entry& entry) const {
  PlannedJob job;
  job.entries = {&entry};
  job.rows = true;
  job.weight = kJobBytes + rows_.TotalsOf(entry.id).raw_bytes;
  return job;
}

PlannedJob JobMaker::MakeJob(const Entry& entry) const {
  PlannedJob job;
  job.entries = {&entry};
  job.weight = kJobBytes;
  AddLocks(entry, job);
  // What only belongs to a table does not read it.
  if (!entry.locks.empty() || !entry.shared_locks.empty())
    job.weight += WeightOf(entry, job);
  return job;
}

PlannedJob JobMaker::MakeStepJob(const Entry& entry, size_t step) const {
  const Step& part = entry.steps[step];
  PlannedJob job;
  job.entries = {&entry};
  job.step = step;
  job.exclusive.assign(part.locks.begin(), part.locks.end());
  job.shared.assign(part.shared_locks.begin(), part.shared_locks.end());
  job.weight = kJobBytes;
  if (!part.quick) job.weight += WeightOf(entry, job);
  if (!part.apart) return job;
  for (const std::vector<uint32_t>* locks : {&part.locks, &part.shared_locks})
    for (const uint32_t relation : *locks)
      job.exclusive.push_back(kApart | relation);
  return job;
}

uint64_t JobMaker::WeightOf(const Entry& entry, const PlannedJob& job) const {
  const uint64_t read = BytesLocked(job);
  return entry.bytes_estimate == 0 ? read / 2 : read / 4 + entry.bytes_estimate;
}

uint64_t JobMaker::BytesLocked(const PlannedJob& job) const {
  uint64_t bytes = 0;
  for (const std::vector<uint64_t>* locks : {&job.exclusive, &job.shared})
    for (const uint64_t relation : *locks)
      bytes += rows_.BytesOf(static_cast<uint32_t>(relation));
  return bytes;
}

void JobMaker::AddLocks(const Entry& entry, PlannedJob& job) const {
  job.exclusive.assign(entry.locks.begin(), entry.locks.end());
  job.shared.assign(entry.shared_locks.begin(), entry.shared_locks.end());
  if (!job.exclusive.empty() || !job.shared.empty() || !Known(entry.parent))
    return;
  const Entry& parent = entries_[entry.parent - 1];
  job.exclusive.assign(parent.locks.begin(), parent.locks.end());
  job.exclusive.insert(job.exclusive.end(), parent.shared_locks.begin(),
                       parent.shared_locks.end());
  if (job.exclusive.empty()) job.exclusive.push_back(parent.id);
}

void JobMaker::AddPrerequisites(const Entry& entry, PlannedJob& job) const {
  Ids found;
  Ids seen;
  AddJobsBehind(entry.id, seen, found);
  if (!job.rows && entry.section == Section::kPostData) {
    std::vector<uint32_t> tables = entry.depends;
    tables.insert(tables.end(), entry.locks.begin(), entry.locks.end());
    tables.insert(tables.end(), entry.shared_locks.begin(),
                  entry.shared_locks.end());
    tables.push_back(entry.parent);
    for (const uint32_t table : tables)
      for (const uint32_t load : rows_.LoadsOf(table))
        if (IsJob(load)) found.insert(load);
  }
  found.erase(entry.id);
  for (const uint32_t id : found) job.after.push_back(position_.at(id));
  std::sort(job.after.begin(), job.after.end());
}

void JobMaker::AddJobsBehind(uint32_t id, Ids& seen, Ids& found) const {
  std::vector<uint32_t> open = {id};
  while (!open.empty()) {
    const Entry& entry = entries_[open.back() - 1];
    open.pop_back();
    for (const uint32_t next : entry.depends) {
      if (!Known(next) || !seen.insert(next).second) continue;
      if (IsJob(next))
        found.insert(next);
      else if (entries_[next - 1].section != Section::kPreData)
        open.push_back(next);
    }
  }
}

// What locks no table runs behind all before it that does: a refresh must not
// set off an event trigger.
void WaitForLockers(std::vector<PlannedJob>& jobs) {
  std::vector<size_t> lockers;
  for (size_t i = 0; i < jobs.size(); ++i) {
    const Entry& entry = *jobs[i].entries.front();
    if (!entry.locks.empty() || !entry.shared_locks.empty())
      lockers.push_back(i);
    else
      jobs[i].after.insert(jobs[i].after.end(), lockers.begin(), lockers.end());
  }
}

}  // namespace

bool BuildsLarge(const PlannedJob& job) {
  return !job.rows && job.weight >= kLargeBytes;
}

int BuildersOf(const std::vector<PlannedJob>& jobs, int workers) {
  const auto large = std::count_if(jobs.begin(), jobs.end(), BuildsLarge);
  return static_cast<int>(std::min<std::ptrdiff_t>(large, workers));
}

Plan MakePlan(const std::vector<Entry>& entries, const Directory& directory,
              const Selection& selection, int jobs, uint64_t steps_bytes_min) {
  Plan plan;
  std::vector<const Entry*> main;
  std::vector<const Entry*> last;
  std::vector<const Entry*> statistics;
  for (const Entry* entry : selection.entries) {
    if (IsGlobal(*entry, entries))
      plan.globals.push_back(entry);
    else if (IsOfDatabase(*entry, entries))
      plan.database.push_back(entry);
    else if (entry->aspect == Aspect::kStatistics)
      statistics.push_back(entry);
    else if (entry->pass == Pass::kPrivileges)
      plan.privileges.push_back(entry);
    else if (entry->pass == Pass::kLast)
      last.push_back(entry);
    else if (entry->section == Section::kPreData)
      plan.pre_data.push_back(entry);
    else
      main.push_back(entry);
  }
  const TableRows rows(entries, directory);
  std::optional<uint64_t> steps_from;
  if (jobs > 1) steps_from = steps_bytes_min;
  const auto make = [&](const std::vector<const Entry*>& some) {
    return JobMaker(entries, rows, steps_from).Make(some);
  };
  plan.main = BundleJobs(make(main), jobs);
  plan.last = make(last);
  WaitForLockers(plan.last);
  plan.statistics = BundleJobs(make(statistics), jobs);
  return plan;
}

}  // namespace pgbale
