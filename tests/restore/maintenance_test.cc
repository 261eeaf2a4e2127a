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

TEST(Maintenance, TheStatementNamesBoth) {
  EXPECT_EQ(SetMaintenance({.memory_bytes = 64 * kMiB, .workers = 3}),
            "SELECT pg_catalog.set_config('maintenance_work_mem', '65536kB', "
            "false), pg_catalog.set_config('max_parallel_maintenance_workers',"
            " '3', false)");
}

}  // namespace
}  // namespace pgbale
