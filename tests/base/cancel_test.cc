#include "base/cancel.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

TEST(CancelToken, IsNotCancelledAtFirst) {
  const CancelToken token;
  EXPECT_FALSE(token.cancelled());
  EXPECT_OK(token.Check());
}

TEST(CancelToken, FirstReasonStays) {
  CancelToken token;
  token.Cancel(MakeError(Failure::kInterrupted, "first"));
  token.Cancel(MakeError(Failure::kError, "second"));
  EXPECT_THAT(token.Check(), StatusMessageHas("first"));
}

TEST(CancelToken, CallbackRunsOnce) {
  CancelToken token;
  int calls = 0;
  token.AddCallback([&calls] { ++calls; });
  token.Cancel(MakeError(Failure::kError, "x"));
  token.Cancel(MakeError(Failure::kError, "y"));
  EXPECT_EQ(calls, 1);
}

TEST(CancelToken, CallbackOfACancelledTokenRunsAtOnce) {
  CancelToken token;
  token.Cancel(MakeError(Failure::kError, "x"));
  bool called = false;
  token.AddCallback([&called] { called = true; });
  EXPECT_TRUE(called);
}

TEST(CancelToken, RemovedCallbackDoesNotRun) {
  CancelToken token;
  bool called = false;
  token.RemoveCallback(token.AddCallback([&called] { called = true; }));
  token.Cancel(MakeError(Failure::kError, "x"));
  EXPECT_FALSE(called);
}

TEST(CancelToken, RemoveWaitsForARunningCallback) {
  CancelToken token;
  std::atomic<bool> started{false};
  std::atomic<bool> ended{false};
  const uint64_t id = token.AddCallback([&] {
    started = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ended = true;
  });
  std::thread canceller(
      [&token] { token.Cancel(MakeError(Failure::kError, "x")); });
  while (!started) std::this_thread::yield();
  token.RemoveCallback(id);
  EXPECT_TRUE(ended);
  canceller.join();
}

TEST(CancelToken, ManyCancellersLeaveOneReason) {
  CancelToken token;
  std::atomic<int> calls{0};
  token.AddCallback([&calls] { ++calls; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(
        [&token] { token.Cancel(MakeError(Failure::kError, "x")); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace pgbale
