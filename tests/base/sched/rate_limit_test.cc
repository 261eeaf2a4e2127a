#include "base/sched/rate_limit.h"

#include <thread>
#include <vector>

#include "base/status.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

// Seconds that `threads` need to take 10 pieces of `octets` each.
double SecondsFor(RateLimit& limit, int threads, uint64_t octets) {
  const Stopwatch clock;
  CancelToken cancel;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (int piece = 0; piece < 10; ++piece)
        EXPECT_OK(limit.Take(octets, cancel));
    });
  }
  for (std::thread& thread : all) thread.join();
  return clock.seconds();
}

TEST(RateLimit, AllStreamsTogetherKeepToIt) {
  RateLimit limit(1'000'000);
  // 500 000 octets, less what the bucket holds and the last piece.
  EXPECT_GE(SecondsFor(limit, 2, 25'000), 0.37);
}

TEST(RateLimit, NoneIsNoLimit) {
  RateLimit limit(0);
  EXPECT_LT(SecondsFor(limit, 2, uint64_t{1} << 40), 10);
}

TEST(RateLimit, OneLargeMessagePassesAndTheNextOneWaits) {
  RateLimit limit(1'000'000);
  CancelToken cancel;
  EXPECT_OK(limit.Take(1'000'000'000, cancel));
  cancel.Cancel(MakeError(Failure::kInterrupted, "enough"));
  EXPECT_THAT(limit.Take(1, cancel), FailsWith(Failure::kInterrupted));
}

TEST(RateLimit, CancellationEndsTheWait) {
  RateLimit limit(1);
  CancelToken cancel;
  EXPECT_OK(limit.Take(1'000'000, cancel));
  std::thread other(
      [&] { cancel.Cancel(MakeError(Failure::kInterrupted, "enough")); });
  EXPECT_THAT(limit.Take(1, cancel), FailsWith(Failure::kInterrupted));
  other.join();
}

}  // namespace
}  // namespace pgbale
