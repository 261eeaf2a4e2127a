#include "base/queue.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(BoundedQueue, KeepsTheOrder) {
  BoundedQueue<int> queue(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.Push(i));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.Pop(), i);
}

TEST(BoundedQueue, ClosedQueueIsDrainedFirst) {
  BoundedQueue<int> queue(2);
  queue.Push(1);
  queue.Close();
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueue, PushIntoAClosedQueueIsRefused) {
  BoundedQueue<int> queue(1);
  queue.Close();
  EXPECT_FALSE(queue.Push(1));
}

TEST(BoundedQueue, CloseWakesAWaitingPush) {
  BoundedQueue<int> queue(1);
  queue.Push(1);
  std::thread pusher([&queue] { EXPECT_FALSE(queue.Push(2)); });
  queue.Close();
  pusher.join();
}

TEST(BoundedQueue, CarriesWhatCanOnlyBeMoved) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  queue.Push(std::make_unique<int>(7));
  EXPECT_EQ(**queue.Pop(), 7);
}

TEST(BoundedQueue, ManyPushersAndPoppersLoseNothing) {
  constexpr int kItems = 1000;
  BoundedQueue<int> queue(4);
  std::atomic<int> sum{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      while (const auto item = queue.Pop()) sum += *item;
    });
  std::vector<std::thread> pushers;
  for (int t = 0; t < 3; ++t)
    pushers.emplace_back([&] {
      for (int i = 0; i < kItems; ++i) queue.Push(1);
    });
  for (std::thread& pusher : pushers) pusher.join();
  queue.Close();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 3 * kItems);
}

}  // namespace
}  // namespace pgbale
