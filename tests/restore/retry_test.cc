#include "restore/retry.h"

#include <set>
#include <string>
#include <thread>

#include "base/clock.h"
#include "tests/support/random.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

absl::Status ErrorWith(const std::string& sqlstate) {
  return WithSqlState(MakeError(Failure::kError, "failed"), sqlstate);
}

TEST(Retry, DeadlocksLocksAndConflictsAreTriedAgain) {
  Random random;
  Retry retry(random.seed());
  for (const char* state : {"40P01", "55P03", "40001"})
    EXPECT_TRUE(retry.WaitMsAfter(ErrorWith(state), 1).has_value()) << state;
  for (const char* state : {"", "23505", "57014", "40002", "08006"})
    EXPECT_FALSE(retry.WaitMsAfter(ErrorWith(state), 1).has_value()) << state;
}

TEST(Retry, ItEnds) {
  Random random;
  Retry retry(random.seed());
  EXPECT_TRUE(retry.WaitMsAfter(ErrorWith("40P01"), 4).has_value());
  EXPECT_FALSE(retry.WaitMsAfter(ErrorWith("40P01"), 5).has_value());
}

TEST(Retry, WaitsDifferAndGrow) {
  Random random;
  Retry retry(random.seed());
  std::set<int64_t> waits;
  for (int i = 0; i < 100; ++i) {
    const int64_t first = *retry.WaitMsAfter(ErrorWith("40P01"), 1);
    EXPECT_GE(first, 50);
    EXPECT_LE(first, 200);
    EXPECT_GE(*retry.WaitMsAfter(ErrorWith("40P01"), 4), 400);
    waits.insert(first);
  }
  EXPECT_GT(waits.size(), 20u);
}

TEST(Retry, AWaitEndsWhenTheRestoreIsCancelled) {
  CancelToken cancel;
  EXPECT_OK(WaitUnlessCancelled(1, cancel));
  const Stopwatch waited;
  std::thread stopper([&cancel] {
    cancel.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
  });
  EXPECT_THAT(WaitUnlessCancelled(60000, cancel),
              FailsWith(Failure::kInterrupted));
  EXPECT_LT(waited.seconds(), 30);
  stopper.join();
}

}  // namespace
}  // namespace pgbale
