// How long the jobs of a restore took, by the kind of their entries.
//
// Thread-safe.

#ifndef PGBALE_RESTORE_WORK_TIMES_H_
#define PGBALE_RESTORE_WORK_TIMES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "format/entry.h"

namespace pgbale {

class WorkTimes {
 public:
  // A job that did `entries` took `seconds`: as much for each of them.
  void Add(const std::vector<const Entry*>& entries, double seconds)
      ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    for (const Entry* entry : entries)
      seconds_[entry->kind] += seconds / static_cast<double>(entries.size());
  }

  // Sums by Entry::kind.
  std::map<std::string, double> seconds() const ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    return seconds_;
  }

 private:
  mutable Mutex mu_;
  std::map<std::string, double> seconds_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_WORK_TIMES_H_
