#include "restore/maintenance.h"

#include "gtest/gtest.h"

namespace pgbale {
namespace {

constexpr uint64_t kMiB = 1 << 20;

MaintenanceLimits Limits() {
  return {.memory_bytes = 64 * kMiB,
          .shared_buffers_bytes = 8192 * kMiB,
          .workers = 2,
          .workers_chosen = false,
          .workers_of_all = 8};
}

TEST(Maintenance, HalfOfTheBuffersIsSharedOut) {
  EXPECT_EQ(ShareMaintenance(Limits(), std::nullopt, 4).memory_bytes,
            1024 * kMiB);
  EXPECT_EQ(ShareMaintenance(Limits(), std::nullopt, 1).memory_bytes,
            4096 * kMiB);
}

TEST(Maintenance, ABudgetIsSharedOut) {
  EXPECT_EQ(ShareMaintenance(Limits(), 1000 * kMiB, 5).memory_bytes,
            200 * kMiB);
}

TEST(Maintenance, NobodyGetsLessThanTheServerGives) {
  EXPECT_EQ(ShareMaintenance(Limits(), 64 * kMiB, 4).memory_bytes, 64 * kMiB);
  EXPECT_EQ(ShareMaintenance(Limits(), 0, 4).memory_bytes, 64 * kMiB);
  MaintenanceLimits limits = Limits();
  limits.shared_buffers_bytes = 128 * kMiB;
  EXPECT_EQ(ShareMaintenance(limits, std::nullopt, 2).memory_bytes, 64 * kMiB);
}

TEST(Maintenance, NobodyGetsMoreThanAServerTakes) {
  EXPECT_EQ(ShareMaintenance(Limits(), ~uint64_t{0}, 1).memory_bytes,
            uint64_t{2147483647} * 1024);
}

TEST(Maintenance, WorkersAreSharedOutUnlessSomebodyChose) {
  EXPECT_EQ(ShareMaintenance(Limits(), std::nullopt, 2).workers, 4);
  EXPECT_EQ(ShareMaintenance(Limits(), std::nullopt, 8).workers, 2);
  MaintenanceLimits limits = Limits();
  limits.workers_chosen = true;
  EXPECT_EQ(ShareMaintenance(limits, std::nullopt, 1).workers, 2);
}

MaintenanceSettings Share() {
  return {.memory_bytes = 1024 * kMiB, .workers = 4};
}

TEST(Maintenance, ASortGetsWhatItMergesInOneGo) {
  MaintenanceLimits limits = Limits();
  limits.processors = 2;
  const auto memory = [&](uint64_t octets) {
    return SortMaintenance(limits, Share(), octets, 2).memory_bytes;
  };
  EXPECT_EQ(memory(1), 8 * kMiB);
  EXPECT_EQ(memory(220 * kMiB), 16 * kMiB);
  EXPECT_EQ(memory(20000 * kMiB), 128 * kMiB);
  // 500 parts at most.
  EXPECT_EQ(memory(200000 * kMiB), 1024 * kMiB);
  EXPECT_EQ(memory(~uint64_t{0} / 4), 1024 * kMiB);
}

TEST(Maintenance, ASortGetsTheProcessorsThatAreIdle) {
  MaintenanceLimits limits = Limits();
  limits.processors = 4;
  const auto sort = [&](int busy) {
    return SortMaintenance(limits, Share(), 220 * kMiB, busy);
  };
  const MaintenanceSettings alone = {.memory_bytes = 128 * kMiB, .workers = 3};
  EXPECT_EQ(sort(1), alone);
  const MaintenanceSettings one_of_two = {.memory_bytes = 64 * kMiB,
                                          .workers = 1};
  EXPECT_EQ(sort(2), one_of_two);
  const MaintenanceSettings one_of_many = {.memory_bytes = 16 * kMiB,
                                           .workers = 0};
  EXPECT_EQ(sort(3), one_of_many);
  EXPECT_EQ(sort(9), one_of_many);
  limits.processors = 64;
  EXPECT_EQ(sort(1).workers, 4);
  // Of another machine nothing is known.
  limits.processors = 0;
  const MaintenanceSettings far = {.memory_bytes = 160 * kMiB, .workers = 4};
  EXPECT_EQ(sort(9), far);
}

TEST(Maintenance, ASortKeepsToItsShare) {
  MaintenanceLimits limits = Limits();
  EXPECT_EQ(SortMaintenance(limits, {64 * kMiB, 4}, 220 * kMiB, 1).memory_bytes,
            64 * kMiB);
  limits.temporary_files_limited = true;
  EXPECT_EQ(SortMaintenance(limits, Share(), 220 * kMiB, 1), Share());
}

TEST(Maintenance, TheStatementNamesBoth) {
  EXPECT_EQ(SetMaintenance({.memory_bytes = 64 * kMiB, .workers = 3}),
            "SELECT pg_catalog.set_config('maintenance_work_mem', '65536kB', "
            "false), pg_catalog.set_config('max_parallel_maintenance_workers',"
            " '3', false)");
}

TEST(Maintenance, WhoWillSoonBeDoneCountsHalf) {
  EXPECT_EQ(BusyBeside(2, 100, 25), 2);
  EXPECT_EQ(BusyBeside(2, 100, 24), 1);
  EXPECT_EQ(BusyBeside(1, 100, 0), 1);
  EXPECT_EQ(BusyBeside(5, 100, 0), 3);
}

}  // namespace
}  // namespace pgbale
