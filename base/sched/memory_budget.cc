#include "base/sched/memory_budget.h"

#include <algorithm>

namespace pgbale {

void MemoryBudget::Acquire(uint64_t bytes) {
  MutexLock lock(mu_);
  // No queue: whoever holds some and needs more must not wait behind one that
  // waits for all of it.
  while (!Fits(bytes)) freed_.Wait(mu_);
  held_ += bytes;
  peak_ = std::max(peak_, held_);
}

bool MemoryBudget::TryAcquire(uint64_t bytes) {
  MutexLock lock(mu_);
  if (!Fits(bytes)) return false;
  held_ += bytes;
  peak_ = std::max(peak_, held_);
  return true;
}

void MemoryBudget::Count(uint64_t bytes) {
  MutexLock lock(mu_);
  held_ += bytes;
  peak_ = std::max(peak_, held_);
}

void MemoryBudget::Release(uint64_t bytes) {
  MutexLock lock(mu_);
  held_ -= bytes;
  freed_.SignalAll();
}

uint64_t MemoryBudget::bytes_held() const {
  MutexLock lock(mu_);
  return held_;
}

uint64_t MemoryBudget::bytes_peak() const {
  MutexLock lock(mu_);
  return peak_;
}

void MemoryClaim::Resize(uint64_t bytes) {
  if (bytes > bytes_)
    budget_->Count(bytes - bytes_);
  else
    budget_->Release(bytes_ - bytes);
  bytes_ = bytes;
}

}  // namespace pgbale
