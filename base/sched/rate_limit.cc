#include "base/sched/rate_limit.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/status.h"

namespace pgbale {
namespace {

constexpr double kBucketSeconds = 0.1;
// How soon a cancellation is seen.
constexpr double kSliceSeconds = 0.05;

}  // namespace

RateLimit::RateLimit(uint64_t octets_per_second)
    : octets_per_second_(static_cast<double>(octets_per_second)),
      paid_at_(-kBucketSeconds) {}

double RateLimit::Reserve(uint64_t octets) {
  MutexLock lock(mu_);
  // What is not used in time is lost.
  paid_at_ = std::max(paid_at_, clock_.seconds() - kBucketSeconds);
  const double ready_at = paid_at_;
  paid_at_ += static_cast<double>(octets) / octets_per_second_;
  return ready_at;
}

absl::Status RateLimit::Take(uint64_t octets, CancelToken& cancel) {
  if (octets_per_second_ <= 0) return absl::OkStatus();
  const double ready_at = Reserve(octets);
  while (true) {
    RETURN_IF_ERROR(cancel.Check());
    const double wait_seconds = ready_at - clock_.seconds();
    if (wait_seconds <= 0) return absl::OkStatus();
    std::this_thread::sleep_for(
        std::chrono::duration<double>(std::min(wait_seconds, kSliceSeconds)));
  }
}

}  // namespace pgbale
