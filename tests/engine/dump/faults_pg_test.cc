// What breaks while a dump runs: it ends soon, with the right exit code, and
// leaves no file and no backend behind.

#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "tests/support/activity.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two tables that take some seconds, by two workers, and one that comes behind
// them.
constexpr char kSlowTables[] =
    "CREATE TABLE slow_1 AS SELECT i AS a, repeat('x', 500) AS t"
    " FROM generate_series(1, 300) i;"
    "CREATE TABLE slow_2 AS SELECT * FROM slow_1;"
    "CREATE TABLE last AS SELECT generate_series(1, 10) AS a";

constexpr char kCopies[] = "query LIKE 'COPY (SELECT%slow%'";
// In pg_stat_activity.
constexpr char kLeader[] =
    "application_name LIKE 'pgbale%' AND state = 'idle in transaction'";

class FaultTest : public ActivityTest {
 protected:
  // Starts a dump of `environment`'s database with kSlowTables; each of their
  // rows takes `row_seconds`.
  void StartDump(const Environment& environment, const char* row_seconds,
                 const Words& slow_tables = {"slow_1", "slow_2"}) {
    Words words = {"sh",
                   "-c",
                   "exec \"$@\" 2>\"$0\"",
                   out_.File("err"),
                   kProgram,
                   "dump",
                   "--quiet",
                   "-j",
                   "2",
                   "-f",
                   dir_.File("a.bale")};
    for (const std::string& table : slow_tables) {
      words.insert(words.end(),
                   {"--where", absl::StrCat(table, "=pg_sleep(", row_seconds,
                                            ") IS NOT NULL")});
    }
    dump_ = std::make_unique<BackgroundProcess>(words, environment);
  }

  void StartDump(const TestDatabase& source, const char* row_seconds = "0.05") {
    source.Execute(kSlowTables);
    StartDump(source.environment(), row_seconds);
    ASSERT_TRUE(Appears(source, absl::StrCat(kCopies,
                                             " AND (SELECT count(*) FROM "
                                             "pg_stat_activity WHERE datname ="
                                             " current_database() AND ",
                                             kCopies, ") = 2")));
  }

  static void Terminate(const TestDatabase& source, const char* which) {
    EXPECT_EQ(source.Query(absl::StrCat(
                  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE datname = current_database() AND pid <> "
                  "pg_backend_pid() AND ",
                  which, " LIMIT 1")),
              "t");
  }

  // The dump ends soon, and leaves nothing behind.
  void ExpectEnd(const TestDatabase& source, int exit_code) {
    EXPECT_EQ(dump_->Wait(10), exit_code);
    EXPECT_THAT(dir_.List(), IsEmpty());
    EXPECT_TRUE(NoBackendLeft(source));
  }

  // Dumps by eight jobs as a role that may have `connections` at a time.
  CommandResult DumpAsRole(const TestDatabase& source, int connections) const {
    const std::string role = absl::StrCat(source.name(), "_few");
    source.Execute(absl::StrCat(kSlowTables, "; CREATE ROLE ", role,
                                " LOGIN CONNECTION LIMIT ", connections,
                                "; GRANT pg_read_all_data TO ", role));
    CommandResult result = RunPgbale(
        source, {"dump", "-U", role, "-j", "8", "-f", dir_.File("a.bale")});
    source.Execute(absl::StrCat("DROP ROLE ", role));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }

  std::string Errors() const { return out_.Read("err"); }

  const TempDir dir_, out_;
  std::unique_ptr<BackgroundProcess> dump_;
};

TEST_F(FaultTest, WorkerThatIsTerminatedEndsTheDump) {
  const TestDatabase source;
  StartDump(source);
  Terminate(source, kCopies);
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(), HasSubstr("table \"public.slow_"));
}

// Its locks are gone: rows may go that the snapshot should show.
TEST_F(FaultTest, LeaderThatIsTerminatedEndsTheDumpBeforeRowsAreMissing) {
  const TestDatabase source;
  StartDump(source, "0.01");
  Terminate(source, kLeader);
  source.Execute("TRUNCATE last");
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(),
              HasSubstr("the connection that holds the locks on all tables is "
                        "lost"));
}

// Long before the rows are read, which takes half a minute.
TEST_F(FaultTest, LeaderThatIsTerminatedIsNoticedWhileWorkersCopy) {
  const TestDatabase source;
  StartDump(source, "0.1");
  Terminate(source, kLeader);
  EXPECT_EQ(dump_->Wait(5), 31);
  EXPECT_THAT(dir_.List(), IsEmpty());
  EXPECT_TRUE(NoBackendLeft(source));
  EXPECT_THAT(Errors(),
              HasSubstr("the connection that holds the locks on all tables is "
                        "lost: terminating connection due to administrator "
                        "command"));
}

TEST_F(FaultTest, LeaderThatIsTerminatedWhileItLocksEndsTheDump) {
  const TestDatabase source;
  source.Execute("CREATE TABLE t (a integer)");
  ASSERT_OK_AND_ASSIGN(auto other, source.Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("LOCK TABLE public.t"));
  StartDump(source.environment(), "0", {});
  ASSERT_TRUE(Appears(source, "wait_event_type = 'Lock'"));
  Terminate(source, "wait_event_type = 'Lock'");
  other.reset();
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(), HasSubstr("locking the tables: "));
}

TEST_F(FaultTest, ServerThatStopsAtOnceEndsTheDump) {
  const PrivateServer server;
  server.Execute(kSlowTables);
  StartDump(server.environment(), "0.05");
  const Stopwatch waited;
  while (server.Query(absl::StrCat("SELECT count(*) FROM pg_stat_activity "
                                   "WHERE pid <> pg_backend_pid() AND ",
                                   kCopies)) == "0") {
    ASSERT_LT(waited.seconds(), 60);
  }
  server.StopAtOnce();
  EXPECT_EQ(dump_->Wait(10), 31);
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(FaultTest, TwoInterruptsEndTheDumpAsOneDoes) {
  const TestDatabase source;
  StartDump(source);
  dump_->Signal(SIGINT);
  dump_->Signal(SIGINT);
  dump_->Signal(SIGINT);
  ExpectEnd(source, 130);
}

TEST_F(FaultTest, TimeoutsOfTheDatabaseDoNotEndTheDump) {
  const TestDatabase source, copy;
  source.Execute(kSlowTables);
  for (const char* timeout :
       {"statement_timeout", "lock_timeout", "idle_session_timeout",
        "idle_in_transaction_session_timeout"}) {
    source.Execute(absl::StrCat("ALTER DATABASE ", source.name(), " SET ",
                                timeout, " = 500"));
  }
  StartDump(source.environment(), "0.003");
  EXPECT_EQ(dump_->Wait(60), 0) << Errors();
  ASSERT_TRUE(RestoreInto(copy, dir_.File("a.bale")));
  EXPECT_EQ(copy.Query("SELECT count(*) FROM slow_1"), "300");
}

TEST_F(FaultTest, RefusedWorkersAreSaidAndTheOthersGoOn) {
  const TestDatabase source, copy;
  EXPECT_THAT(DumpAsRole(source, 4).err,
              AllOf(HasSubstr("2 of 8 jobs: "),
                    HasSubstr("too many connections for role")));
  ASSERT_TRUE(RestoreInto(copy, dir_.File("a.bale")));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(FaultTest, NoWorkerAtAllLeavesTheDumpToOneConnection) {
  const TestDatabase source;
  EXPECT_THAT(DumpAsRole(source, 2).err, HasSubstr("1 of 8 jobs: "));
}

// Wherever the file ends: in the header, the entries, the rows, the directory.
TEST_F(FaultTest, OutputThatIsFullAnywhereExitsWith40) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE t AS SELECT md5(i::text) AS a FROM"
      " generate_series(1, 3000) i");
  const Words dump = {kProgram, "dump", "--quiet",           "-j",
                      "2",      "-f",   dir_.File("a.bale"), "--overwrite"};
  int refused = 0;
#ifdef __SANITIZE_THREAD__
  // It writes a file of its own before main.
  constexpr int kBlocksMin = 1;
#else
  constexpr int kBlocksMin = 0;
#endif
  for (int blocks = kBlocksMin;; blocks = blocks * 3 / 2 + 1) {
    Words words = {"sh", "-c",
                   absl::StrCat("ulimit -f ", blocks, "; exec \"$@\""), "sh"};
    words.insert(words.end(), dump.begin(), dump.end());
    const CommandResult result = RunCommand(words, source.environment());
    if (result.exit_code == 0) break;
    EXPECT_EQ(result.exit_code, 40) << blocks << result.err;
    EXPECT_THAT(dir_.List(), IsEmpty()) << blocks;
    ++refused;
  }
  EXPECT_GT(refused, 5);
  EXPECT_THAT(dir_.List(), ElementsAre("a.bale"));
}

}  // namespace
}  // namespace pgbale
