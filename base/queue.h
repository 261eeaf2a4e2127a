// A bounded queue between two stages.
//
// Thread-safe.

#ifndef PGBALE_BASE_QUEUE_H_
#define PGBALE_BASE_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace pgbale {

template <typename T>
class BoundedQueue {
 public:
  // REQUIRES: items_max > 0
  explicit BoundedQueue(size_t items_max) : items_max_(items_max) {}

  // Waits for room. Returns false, and drops `item`, once Close was called.
  bool Push(T item) {
    MutexLock lock(mu_);
    while (items_.size() >= items_max_ && !closed_) changed_.Wait(mu_);
    if (closed_) return false;
    items_.push_back(std::move(item));
    changed_.SignalAll();
    return true;
  }

  // Waits for an item. nullopt once the queue is closed and drained.
  std::optional<T> Pop() {
    MutexLock lock(mu_);
    while (items_.empty() && !closed_) changed_.Wait(mu_);
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    changed_.SignalAll();
    return item;
  }

  // No more Push; what is queued can still be popped.
  void Close() {
    MutexLock lock(mu_);
    closed_ = true;
    changed_.SignalAll();
  }

 private:
  const size_t items_max_;
  Mutex mu_;
  CondVar changed_;
  std::deque<T> items_ ABSL_GUARDED_BY(mu_);
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace pgbale

#endif  // PGBALE_BASE_QUEUE_H_
