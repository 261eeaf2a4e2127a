#include <memory>

#include "absl/strings/str_cat.h"
#include "base/sched/processors.h"
#include "gmock/gmock.h"
#include "restore/maintenance.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

class MaintenanceTest : public ServerTest {
 protected:
  // After `settings`, in the same session.
  absl::StatusOr<MaintenanceLimits> LimitsWith(
      std::initializer_list<absl::string_view> settings) const {
    ASSIGN_OR_RETURN(const auto connection, database_.Connect());
    for (const absl::string_view setting : settings)
      RETURN_IF_ERROR(connection->Execute(absl::StrCat("SET ", setting)));
    return ReadMaintenanceLimits(*connection);
  }

  const TestDatabase database_;
};

TEST_F(MaintenanceTest, LimitsAreTheServers) {
  ASSERT_OK_AND_ASSIGN(const MaintenanceLimits limits,
                       LimitsWith({"maintenance_work_mem = '77MB'"}));
  EXPECT_EQ(limits.memory_bytes, uint64_t{77} << 20);
  EXPECT_EQ(absl::StrCat(limits.shared_buffers_bytes),
            database_.Query("SELECT setting::bigint * 8192 FROM pg_settings"
                            " WHERE name = 'shared_buffers'"));
  EXPECT_EQ(limits.workers, 2);
  EXPECT_FALSE(limits.workers_chosen);
  EXPECT_FALSE(limits.temporary_files_limited);
  // By a socket, it is on this machine.
  EXPECT_EQ(limits.processors, Processors());
}

TEST_F(MaintenanceTest, WorkersThatSomebodyChoseAreKnown) {
  ASSERT_OK_AND_ASSIGN(const MaintenanceLimits limits,
                       LimitsWith({"max_parallel_maintenance_workers = 5"}));
  EXPECT_EQ(limits.workers, 5);
  EXPECT_TRUE(limits.workers_chosen);
}

TEST_F(MaintenanceTest, AllWorkersAreNoMoreThanMayRunAtATime) {
  ASSERT_OK_AND_ASSIGN(const MaintenanceLimits few,
                       LimitsWith({"max_parallel_workers = 3"}));
  EXPECT_EQ(few.workers_of_all, 3);
  ASSERT_OK_AND_ASSIGN(const MaintenanceLimits many,
                       LimitsWith({"max_parallel_workers = 900"}));
  EXPECT_EQ(absl::StrCat(many.workers_of_all),
            database_.Query("SHOW max_worker_processes"));
}

TEST_F(MaintenanceTest, ALimitOfTemporaryFilesIsKnown) {
  ASSERT_OK_AND_ASSIGN(const MaintenanceLimits limits,
                       LimitsWith({"temp_file_limit = '1GB'"}));
  EXPECT_TRUE(limits.temporary_files_limited);
}

}  // namespace
}  // namespace pgbale
