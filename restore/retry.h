// Which errors of a server go away by themselves, and how long to wait before
// the statement is tried again.
//
// Thread-safe.

#ifndef PGBALE_RESTORE_RETRY_H_
#define PGBALE_RESTORE_RETRY_H_

#include <cstdint>
#include <optional>
#include <random>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/mutex.h"

namespace pgbale {

class Retry {
 public:
  // `seed` decides how long the waits are.
  explicit Retry(uint64_t seed) : random_(seed) {}

  // `status`, of a transaction that was tried `tries` times, is that of a
  // deadlock, of a lock that somebody else had or of a conflict with another
  // transaction: how long to wait before it is tried again. A random time, so
  // that two that were in each other's way are not so again; longer from try
  // to try. nullopt: trying again would not help, or did not.
  std::optional<int64_t> WaitMsAfter(const absl::Status& status, int tries)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mu_);
};

// Returns at once when `cancel` is cancelled, with its reason.
absl::Status WaitUnlessCancelled(int64_t wait_ms, CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_RETRY_H_
