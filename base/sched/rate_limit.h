// Slows streams of octets down: a token bucket that they share.
//
// Thread-safe.

#ifndef PGBALE_BASE_SCHED_RATE_LIMIT_H_
#define PGBALE_BASE_SCHED_RATE_LIMIT_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace pgbale {

class RateLimit {
 public:
  // 0: no limit. The bucket holds the octets of a tenth of a second, and is
  // full at the beginning.
  explicit RateLimit(uint64_t octets_per_second);
  RateLimit(const RateLimit&) = delete;
  RateLimit& operator=(const RateLimit&) = delete;

  // Call it for octets that have come, before more are asked for. Returns at
  // once while the bucket holds something, be it less than `octets`; else when
  // those are paid for that were taken before: nobody waits for one large
  // message, but behind it. Error: what `cancel` was cancelled with, a tenth of
  // a second later at most.
  absl::Status Take(uint64_t octets, CancelToken& cancel);

 private:
  // When what was taken before `octets` is paid for, in seconds of `clock_`.
  double Reserve(uint64_t octets) ABSL_LOCKS_EXCLUDED(mu_);

  const double octets_per_second_;
  const Stopwatch clock_;
  Mutex mu_;
  // When all that was taken so far is paid for.
  double paid_at_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_BASE_SCHED_RATE_LIMIT_H_
