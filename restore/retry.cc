#include "restore/retry.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"

namespace pgbale {
namespace {

// A deadlock costs a second until the server sees it. Who loses five times has
// an enemy that does the same for ever.
constexpr int kTriesMax = 5;
constexpr int64_t kFirstWaitMs = 100;

constexpr auto kPassing = std::to_array<absl::string_view>({
    pg::kDeadlockDetected,
    pg::kLockNotAvailable,
    pg::kSerializationFailure,
});

}  // namespace

std::optional<int64_t> Retry::WaitMsAfter(const absl::Status& status,
                                          int tries) {
  if (tries >= kTriesMax || std::find(kPassing.begin(), kPassing.end(),
                                      SqlStateOf(status)) == kPassing.end())
    return std::nullopt;
  const int64_t longest = kFirstWaitMs << tries;
  MutexLock lock(mu_);
  std::uniform_int_distribution<int64_t> wait(longest / 4, longest);
  return wait(random_);
}

absl::Status WaitUnlessCancelled(int64_t wait_ms, CancelToken& cancel) {
  Mutex mu;
  CondVar changed;
  const uint64_t callback = cancel.AddCallback([&] {
    MutexLock lock(mu);
    changed.SignalAll();
  });
  const Stopwatch waited;
  {
    MutexLock lock(mu);
    while (!cancel.cancelled()) {
      const int64_t left =
          wait_ms - static_cast<int64_t>(waited.seconds() * 1000);
      if (left <= 0) break;
      changed.WaitFor(mu, left);
    }
  }
  cancel.RemoveCallback(callback);
  return cancel.Check();
}

}  // namespace pgbale
