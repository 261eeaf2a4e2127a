// One limit for the octets held between stages.
//
// Thread-safe.

#ifndef PGBALE_BASE_SCHED_MEMORY_BUDGET_H_
#define PGBALE_BASE_SCHED_MEMORY_BUDGET_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace pgbale {

class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // Waits until `bytes` fit. A request larger than the whole budget waits
  // until nothing else is held and is then granted: a single row may be as
  // large as the server can send.
  void Acquire(uint64_t bytes);
  // Likewise, but returns false instead of waiting.
  bool TryAcquire(uint64_t bytes);
  // Counts what was taken already; never waits.
  void Count(uint64_t bytes);
  // REQUIRES: `bytes` were acquired and are still held.
  void Release(uint64_t bytes);

  uint64_t bytes_held() const;
  // The most that was ever held.
  uint64_t bytes_peak() const;

 private:
  bool Fits(uint64_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return held_ == 0 || (held_ <= bytes_max_ && bytes <= bytes_max_ - held_);
  }

  const uint64_t bytes_max_;
  mutable Mutex mu_;
  CondVar freed_;
  uint64_t held_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t peak_ ABSL_GUARDED_BY(mu_) = 0;
};

// A part of a budget, held until it goes. Can be moved.
class MemoryClaim {
 public:
  MemoryClaim(MemoryBudget& budget, uint64_t bytes)
      : budget_(&budget), bytes_(bytes) {
    budget.Acquire(bytes);
  }
  // nullopt if it would have to wait.
  static std::optional<MemoryClaim> Try(MemoryBudget& budget, uint64_t bytes) {
    if (!budget.TryAcquire(bytes)) return std::nullopt;
    MemoryClaim claim;
    claim.budget_ = &budget;
    claim.bytes_ = bytes;
    return claim;
  }
  ~MemoryClaim() {
    if (budget_ != nullptr) budget_->Release(bytes_);
  }
  MemoryClaim(MemoryClaim&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
  MemoryClaim& operator=(MemoryClaim&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  // To what is really held. Never waits, even if that is more.
  // REQUIRES: not moved from
  void Resize(uint64_t bytes);

 private:
  MemoryClaim() = default;

  MemoryBudget* budget_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace pgbale

#endif  // PGBALE_BASE_SCHED_MEMORY_BUDGET_H_
