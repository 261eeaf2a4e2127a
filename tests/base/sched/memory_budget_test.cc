#include "base/sched/memory_budget.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

void Pause() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

TEST(MemoryBudget, CountsWhatIsHeldAndThePeak) {
  MemoryBudget budget(100);
  budget.Acquire(60);
  budget.Acquire(40);
  budget.Release(60);
  EXPECT_EQ(budget.bytes_held(), 40u);
  EXPECT_EQ(budget.bytes_peak(), 100u);
}

TEST(MemoryBudget, WaitsUntilItFits) {
  MemoryBudget budget(100);
  budget.Acquire(60);
  std::atomic<bool> granted{false};
  std::thread other([&] {
    budget.Acquire(50);
    granted = true;
  });
  Pause();
  EXPECT_FALSE(granted);
  budget.Release(60);
  other.join();
  EXPECT_TRUE(granted);
}

TEST(MemoryBudget, WhoTriesDoesNotWait) {
  MemoryBudget budget(100);
  {
    const std::optional<MemoryClaim> first = MemoryClaim::Try(budget, 60);
    EXPECT_TRUE(first.has_value());
    EXPECT_FALSE(MemoryClaim::Try(budget, 41).has_value());
    EXPECT_TRUE(MemoryClaim::Try(budget, 40).has_value());
    EXPECT_EQ(budget.bytes_held(), 60u);
    EXPECT_EQ(budget.bytes_peak(), 100u);
  }
  EXPECT_EQ(budget.bytes_held(), 0u);
  EXPECT_TRUE(MemoryClaim::Try(budget, 101).has_value());
}

TEST(MemoryBudget, RequestBeyondTheWholeIsGrantedAlone) {
  MemoryBudget budget(100);
  budget.Acquire(1);
  std::atomic<bool> granted{false};
  std::thread other([&] {
    budget.Acquire(1000);
    granted = true;
  });
  Pause();
  EXPECT_FALSE(granted);
  budget.Release(1);
  other.join();
  EXPECT_EQ(budget.bytes_held(), 1000u);
}

TEST(MemoryBudget, NothingIsGrantedBesideAnOversizedOne) {
  MemoryBudget budget(100);
  budget.Acquire(1000);
  std::atomic<bool> granted{false};
  std::thread other([&] {
    budget.Acquire(1);
    granted = true;
  });
  Pause();
  EXPECT_FALSE(granted);
  budget.Release(1000);
  other.join();
}

TEST(MemoryClaim, GivesBackWhenItGoes) {
  MemoryBudget budget(100);
  {
    const MemoryClaim claim(budget, 70);
    EXPECT_EQ(budget.bytes_held(), 70u);
  }
  EXPECT_EQ(budget.bytes_held(), 0u);
}

TEST(MemoryBudget, IsNeverExceeded) {
  MemoryBudget budget(100);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&budget, t] {
      for (uint64_t i = 0; i < 500; ++i)
        const MemoryClaim claim(budget, 1 + (i * 7 + t) % 60);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(budget.bytes_peak(), 100u);
  EXPECT_EQ(budget.bytes_held(), 0u);
}

}  // namespace
}  // namespace pgbale
