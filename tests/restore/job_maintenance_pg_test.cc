#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "restore/job_maintenance.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

constexpr uint64_t kMiB = 1 << 20;

class JobMaintenanceTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto connection = database_.Connect();
    ASSERT_OK(connection);
    session_ = std::make_unique<Session>(*std::move(connection));
    index_.sorts = true;
    index_.bytes_estimate = 220 * kMiB;
  }

  // What the session has when `job` has been prepared.
  std::string Memory(const JobMaintenance& maintenance, const PlannedJob& job,
                     int busy = 4) {
    EXPECT_OK(maintenance.Prepare(*session_, job, busy));
    auto result = session_->connection().Query("SHOW maintenance_work_mem");
    return result.ok() ? std::string(result->row(0).text(0)) : "?";
  }
  PlannedJob Job() const {
    PlannedJob job;
    job.entries = {&index_};
    job.weight = 220 * kMiB;
    return job;
  }

  const MaintenanceLimits limits_ = {.memory_bytes = 64 * kMiB,
                                     .shared_buffers_bytes = 8192 * kMiB,
                                     .workers = 2,
                                     .workers_chosen = true,
                                     .workers_of_all = 8,
                                     .processors = 4};
  const TestDatabase database_;
  std::unique_ptr<Session> session_;
  Entry index_;
};

TEST_F(JobMaintenanceTest, RestoresThatShareAServerShareItsMemory) {
  EXPECT_EQ(JobMaintenance(limits_, 3000 * kMiB, 2, 1).share().memory_bytes,
            1500 * kMiB);
  EXPECT_EQ(JobMaintenance(limits_, 3000 * kMiB, 2, 3).share().memory_bytes,
            500 * kMiB);
}

// And the processors: of four, a sort of one that are two busy gets one more,
// of two that are it gets none.
TEST_F(JobMaintenanceTest, ASortGetsByHowManyAreBusyInAllRestores) {
  EXPECT_EQ(Memory({limits_, std::nullopt, 1, 1}, Job(), 2), "64MB");
  EXPECT_EQ(Memory({limits_, std::nullopt, 1, 2}, Job(), 2), "16MB");
}

TEST_F(JobMaintenanceTest, WhatDoesNotSortGetsTheShare) {
  const JobMaintenance maintenance(limits_, std::nullopt, 4, 1);
  EXPECT_EQ(Memory(maintenance, Job()), "16MB");
  index_.sorts = false;
  EXPECT_EQ(Memory(maintenance, Job()), "1GB");
  index_.sorts = true;
  EXPECT_EQ(Memory(maintenance, Job()), "16MB");
  // Several entries are no single sort.
  PlannedJob several = Job();
  several.entries.push_back(&index_);
  EXPECT_EQ(Memory(maintenance, several), "1GB");
}

TEST_F(JobMaintenanceTest, WhoseSizeIsNotKnownIsAsLargeAsItsTable) {
  index_.bytes_estimate = 0;
  EXPECT_EQ(Memory({limits_, std::nullopt, 4, 1}, Job()), "16MB");
}

TEST_F(JobMaintenanceTest, WhatIsSmallOrRowsChangesNothing) {
  const JobMaintenance maintenance(limits_, std::nullopt, 4, 1);
  PlannedJob small = Job();
  small.weight = 1000;
  PlannedJob rows = Job();
  rows.rows = true;
  const std::string before = database_.Query("SHOW maintenance_work_mem");
  EXPECT_EQ(Memory(maintenance, small), before);
  EXPECT_EQ(Memory(maintenance, rows), before);
  EXPECT_NE(Memory(maintenance, Job()), before);
}

}  // namespace
}  // namespace pgbale
