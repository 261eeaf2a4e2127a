// One token a command: the first failure or a signal cancels everything that
// still runs.
//
// Thread-safe.

#ifndef PGBALE_BASE_CANCEL_H_
#define PGBALE_BASE_CANCEL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/mutex.h"

namespace pgbale {

class CancelToken {
 public:
  // Called once, when the token is cancelled, on the cancelling thread; must
  // not block for long and must not call back into the token.
  using Callback = std::function<void()>;

  CancelToken() = default;
  CancelToken(const CancelToken&) = delete;
  CancelToken& operator=(const CancelToken&) = delete;

  // The first reason stays; later calls do nothing. Not for signal handlers.
  // REQUIRES: !reason.ok()
  void Cancel(const absl::Status& reason);

  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

  // OK, or the reason.
  absl::Status Check() const;

  // Runs `callback` when (or at once if already) cancelled. The returned
  // number ends the registration with RemoveCallback, after which the callback
  // neither runs nor is running.
  uint64_t AddCallback(Callback callback);
  void RemoveCallback(uint64_t id);

 private:
  std::atomic<bool> cancelled_{false};
  mutable Mutex mu_;
  absl::Status reason_ ABSL_GUARDED_BY(mu_);
  uint64_t next_id_ ABSL_GUARDED_BY(mu_) = 1;
  std::map<uint64_t, Callback> callbacks_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_BASE_CANCEL_H_
