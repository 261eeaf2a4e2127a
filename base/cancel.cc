#include "base/cancel.h"

#include <utility>

namespace pgbale {

void CancelToken::Cancel(const absl::Status& reason) {
  MutexLock lock(mu_);
  if (cancelled()) return;
  reason_ = reason;
  cancelled_.store(true, std::memory_order_release);
  // Under the lock, so that RemoveCallback waits for one that runs.
  for (const auto& [id, callback] : callbacks_) callback();
}

absl::Status CancelToken::Check() const {
  if (!cancelled()) return absl::OkStatus();
  MutexLock lock(mu_);
  return reason_;
}

uint64_t CancelToken::AddCallback(Callback callback) {
  MutexLock lock(mu_);
  if (cancelled()) callback();
  const uint64_t id = next_id_++;
  callbacks_.emplace(id, std::move(callback));
  return id;
}

void CancelToken::RemoveCallback(uint64_t id) {
  MutexLock lock(mu_);
  callbacks_.erase(id);
}

}  // namespace pgbale
