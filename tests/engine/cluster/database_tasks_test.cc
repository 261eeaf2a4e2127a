#include "engine/cluster/database_tasks.h"

#include <atomic>
#include <map>
#include <string>

#include "base/mutex.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr uint64_t kLarge = uint64_t{1} << 30;

class DatabaseTasksTest : public ::testing::Test {
 protected:
  DatabaseTask Task(const std::string& name, uint64_t bytes) {
    return {.database = name,
            .bytes = bytes,
            .run = [this, name](int jobs, CancelToken&) {
              MutexLock lock(mu_);
              jobs_of_[name] = jobs;
              return absl::OkStatus();
            }};
  }

  CancelToken cancel_;
  Mutex mu_;
  std::map<std::string, int> jobs_of_;
};

TEST_F(DatabaseTasksTest, LargeOnesGetAllJobsAndSmallOnesOne) {
  ASSERT_OK(RunDatabaseTasks({Task("a", 1), Task("b", kLarge), Task("c", 0)}, 4,
                             cancel_));
  EXPECT_THAT(jobs_of_, ElementsAre(Pair("a", 1), Pair("b", 4), Pair("c", 1)));
}

TEST_F(DatabaseTasksTest, AnErrorNamesItsDatabaseAndCancelsTheOthers) {
  std::atomic<bool> waits{false};
  DatabaseTask slow = Task("slow", 5);
  slow.run = [&](int, CancelToken& cancel) {
    waits = true;
    while (!cancel.cancelled()) {
    }
    return cancel.Check();
  };
  DatabaseTask bad = Task("bad", 1);
  bad.run = [&](int, CancelToken& cancel) {
    while (!waits) {
    }
    cancel.Cancel(MakeError(Failure::kCancelled, "it broke"));
    return cancel.Check();
  };
  const absl::Status status = RunDatabaseTasks({slow, bad}, 2, cancel_);
  EXPECT_EQ(status.message(), "database \"bad\": it broke");
  EXPECT_EQ(FailureOf(status), Failure::kCancelled);
}

TEST_F(DatabaseTasksTest, ASignalIsWhatItReturns) {
  DatabaseTask task = Task("a", kLarge);
  task.run = [&](int, CancelToken& cancel) {
    cancel_.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
    return cancel.Check();
  };
  EXPECT_EQ(FailureOf(RunDatabaseTasks({task}, 2, cancel_)),
            Failure::kInterrupted);
}

}  // namespace
}  // namespace pgbale
