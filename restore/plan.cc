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

// Turns entries of data and post-data into jobs of one entry each.
class JobMaker {
 public:
  JobMaker(const std::vector<Entry>& entries, const TableRows& rows)
      : entries_(entries), rows_(rows) {}

  std::vector<PlannedJob> Make(const std::vector<const Entry*>& selected);

 private:
  using Ids = absl::flat_hash_set<uint32_t>;

  bool Known(uint32_t id) const { return id > 0 && id <= entries_.size(); }
  bool IsJob(uint32_t id) const { return position_.contains(id); }

  PlannedJob MakeJob(const Entry& entry) const;
  PlannedJob MakeRowsJob(const Entry& entry) const;
  // Ids of the relations that `entry` locks; what says nothing about locks
  // counts as its parent.
  void AddLocks(const Entry& entry, PlannedJob& job) const;
  void AddPrerequisites(const Entry& entry, PlannedJob& job) const;
  // Adds the jobs among what `id` depends on, through what is no job.
  void AddJobsBehind(uint32_t id, Ids& seen, Ids& found) const;

  const std::vector<Entry>& entries_;
  const TableRows& rows_;
  absl::flat_hash_map<uint32_t, size_t> position_;  // of jobs, by entry
};

std::vector<PlannedJob> JobMaker::Make(
    const std::vector<const Entry*>& selected) {
  std::vector<const Entry*> kept;
  for (const Entry* entry : selected) {
    if (entry->data.has_value() && rows_.TotalsOf(entry->id).rows == 0)
      continue;
    position_[entry->id] = kept.size();
    kept.push_back(entry);
  }
  std::vector<PlannedJob> jobs;
  jobs.reserve(kept.size());
  for (const Entry* entry : kept) {
    jobs.push_back(entry->data.has_value() ? MakeRowsJob(*entry)
                                           : MakeJob(*entry));
    AddPrerequisites(*entry, jobs.back());
  }
  return jobs;
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
  // What locks a table reads it, most often; what only belongs to it does not.
  if (entry.locks.empty() && entry.shared_locks.empty()) return job;
  for (const uint64_t table : job.exclusive)
    job.weight += rows_.BytesOf(static_cast<uint32_t>(table)) / 2;
  for (const uint64_t table : job.shared)
    job.weight += rows_.BytesOf(static_cast<uint32_t>(table)) / 2;
  return job;
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

Plan MakePlan(const std::vector<Entry>& entries, const Directory& directory,
              const Selection& selection, int jobs) {
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
  plan.main = BundleJobs(JobMaker(entries, rows).Make(main), jobs);
  plan.last = JobMaker(entries, rows).Make(last);
  WaitForLockers(plan.last);
  plan.statistics = BundleJobs(JobMaker(entries, rows).Make(statistics), jobs);
  return plan;
}

}  // namespace pgbale
