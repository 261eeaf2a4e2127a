// Who waits because a dump has locked tables.

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/status.h"
#include "engine/dump/lock_monitor.h"
#include "gmock/gmock.h"
#include "spdlog/sinks/ringbuffer_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/activity.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPsqlWaits[] =
    "application_name LIKE 'psql%' AND wait_event_type = 'Lock'";

// What is logged while it lives.
class LogText {
 public:
  LogText() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", lines_));
  }
  ~LogText() { spdlog::set_default_logger(before_); }
  LogText(const LogText&) = delete;
  LogText& operator=(const LogText&) = delete;

  // Thread-safe.
  std::string text() const {
    return absl::StrJoin(lines_->last_formatted(), "");
  }

 private:
  const std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> lines_ =
      std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(100);
  const std::shared_ptr<spdlog::logger> before_;
};

class LockMonitorTest : public ActivityTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = std::make_unique<TestDatabase>();
    database_->Execute("CREATE TABLE t (a integer); CREATE TABLE u ()");
    ASSERT_OK_AND_ASSIGN(sessions_,
                         DumpSessions::Open(database_->options(&cancel_), {}));
    ASSERT_OK(sessions_->Begin());
    ASSERT_OK(sessions_->leader().Execute(
        "LOCK TABLE ONLY public.t IN ACCESS SHARE MODE"));
  }
  void TearDown() override {
    sessions_.reset();
    waiters_.clear();
    database_.reset();
  }

  // Runs `sql` by psql, which must then wait for a lock.
  void StartWaiting(const std::string& sql) {
    waiters_.push_back(std::make_unique<BackgroundProcess>(
        Words{TestServer::Get().Program("psql"), "-qXc", sql},
        database_->environment()));
    EXPECT_TRUE(Appears(*database_,
                        absl::StrCat(kPsqlWaits, " AND query = '", sql, "'")));
  }

  // Watches until the dump is cancelled or `seconds` have passed.
  void Watch(const LockMonitorOptions& options, double seconds) {
    const LockMonitor monitor(*sessions_, options, cancel_);
    const Stopwatch watched;
    while (watched.seconds() < seconds && !cancel_.cancelled()) usleep(10000);
  }

  std::unique_ptr<TestDatabase> database_;
  CancelToken cancel_;
  std::unique_ptr<DumpSessions> sessions_;
  std::vector<std::unique_ptr<BackgroundProcess>> waiters_;
};

TEST_F(LockMonitorTest, WarnsOfWhoWaitsAndHowManyStandBehind) {
  StartWaiting("ALTER TABLE t ADD b integer");
  StartWaiting("SELECT count(*) FROM t");
  const LogText log;
  Watch({.warn_after_ms = 100, .interval_ms = 50}, 1);
  EXPECT_FALSE(cancel_.cancelled());
  EXPECT_THAT(
      log.text(),
      AllOf(ContainsRegex("a session \\(pid [0-9]+, role \"postgres\", "
                          "application \"psql\": ALTER TABLE t ADD b integer"
                          "\\) waits for table \"public.t\""),
            HasSubstr("waiting with it: 1")));
}

TEST_F(LockMonitorTest, GivesUpWhenSomebodyHasWaitedForTooLong) {
  StartWaiting("ALTER TABLE t ADD b integer");
  Watch({.blocked_ms_max = 200}, 60);
  EXPECT_THAT(cancel_.Check(), FailsWith(Failure::kCancelled));
  EXPECT_THAT(
      std::string(cancel_.Check().message()),
      AllOf(HasSubstr("gave up: a session (pid "), HasSubstr("\"public.t\"")));
  EXPECT_THAT(HintOf(cancel_.Check()), HasSubstr("--max-blocked-seconds"));
}

TEST_F(LockMonitorTest, WhoWaitsForSomebodyElseIsNoneOfItsConcern) {
  ASSERT_OK_AND_ASSIGN(const auto other, database_->Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("LOCK TABLE public.u"));
  StartWaiting("SELECT FROM u");
  const LogText log;
  Watch({.blocked_ms_max = 100, .warn_after_ms = 50}, 0.5);
  EXPECT_FALSE(cancel_.cancelled());
  EXPECT_THAT(log.text(), IsEmpty());
}

// The monitor's backend may go; the dump has no need of it.
TEST_F(LockMonitorTest, EndsQuietlyWithItsConnection) {
  const LogText log;
  const LockMonitor monitor(*sessions_, {.interval_ms = 20}, cancel_);
  ASSERT_TRUE(Appears(*database_, "query LIKE '%pg_blocking_pids%'"));
  EXPECT_EQ(database_->Query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                "datname = current_database() AND pid <> pg_backend_pid() AND "
                "query LIKE '%pg_blocking_pids%'"),
            "t");
  const Stopwatch waited;
  while (!absl::StrContains(log.text(), "no longer looking")) {
    ASSERT_LT(waited.seconds(), 20);
    usleep(10000);
  }
  EXPECT_OK(sessions_->CheckLeader());
  EXPECT_FALSE(cancel_.cancelled());
}

// Its leader waits for a table, and has locked others before.
TEST_F(LockMonitorTest, DumpThatWaitsItselfGivesUpForOthers) {
  sessions_.reset();
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(auto other, database_->Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("LOCK TABLE public.u"));
  BackgroundProcess dump(
      {"sh", "-c", "exec \"$@\" 2>\"$0\"", dir.File("err"), kProgram, "dump",
       "-j", "2", "--max-blocked-seconds", "0.5", "-f", dir.File("a.bale")},
      database_->environment());
  ASSERT_TRUE(Appears(*database_,
                      "application_name LIKE 'pgbale%' AND "
                      "wait_event_type = 'Lock'"));
  StartWaiting("DROP TABLE t");
  EXPECT_EQ(dump.Wait(60), 31);
  EXPECT_THAT(dir.Read("err"),
              AllOf(HasSubstr("pgbale: error: gave up: a session (pid "),
                    HasSubstr("DROP TABLE t"), HasSubstr("HINT: ")));
  EXPECT_THAT(dir.List(), testing::ElementsAre("err"));
  other.reset();
  EXPECT_TRUE(NoBackendLeft(*database_));
}

}  // namespace
}  // namespace pgbale
