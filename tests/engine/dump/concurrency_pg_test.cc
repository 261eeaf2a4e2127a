// A dump beside others who use and change the database, and signals.

#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/activity.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConcurrencyTest : public ActivityTest {
 protected:
  // A dump that takes some seconds for its one table, once it is there: it
  // compresses slowly, and has no memory for what is not compressed yet.
  static std::unique_ptr<BackgroundProcess> StartSlowDump(
      const TestDatabase& source, const std::string& path) {
    source.Execute(
        "CREATE TABLE slow AS SELECT md5(i::text) || md5((-i)::text) AS a"
        " FROM generate_series(1, 200000) AS i");
    auto dump = std::make_unique<BackgroundProcess>(
        Words{kProgram, "dump", "--quiet", "-Z", "15", "-j", "2", "--memory",
              "2MB", "-f", path},
        source.environment());
    EXPECT_TRUE(Appears(source, "query LIKE 'COPY %public.slow%'"));
    return dump;
  }
};

TEST_F(ConcurrencyTest, InterruptLeavesNoFileAndNoBackend) {
  const TestDatabase source;
  const TempDir dir;
  const auto dump = StartSlowDump(source, dir.File("a.bale"));
  EXPECT_THAT(dir.List(), ElementsAre("a.bale.partial"));
  dump->Signal(SIGINT);
  EXPECT_EQ(dump->Wait(), 130);
  EXPECT_THAT(dir.List(), IsEmpty());
  EXPECT_TRUE(NoBackendLeft(source));
}

TEST_F(ConcurrencyTest, TerminationLeavesNoFileAndNoBackend) {
  const TestDatabase source;
  const TempDir dir;
  const auto dump = StartSlowDump(source, dir.File("a.bale"));
  dump->Signal(SIGTERM);
  EXPECT_EQ(dump->Wait(), 143);
  EXPECT_THAT(dir.List(), IsEmpty());
  EXPECT_TRUE(NoBackendLeft(source));
}

TEST_F(ConcurrencyTest, InterruptWhileItWaitsForALockEndsIt) {
  const TestDatabase source;
  const TempDir dir;
  source.Execute("CREATE TABLE t (a integer)");
  ASSERT_OK_AND_ASSIGN(auto other, source.Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("LOCK TABLE public.t"));
  BackgroundProcess dump({kProgram, "dump", "-f", dir.File("a.bale")},
                         source.environment());
  ASSERT_TRUE(Appears(source, "wait_event_type = 'Lock'"));
  dump.Signal(SIGINT);
  EXPECT_EQ(dump.Wait(), 130);
  EXPECT_THAT(dir.List(), IsEmpty());
  other.reset();
  EXPECT_TRUE(NoBackendLeft(source));
}

TEST_F(ConcurrencyTest, InterruptedRestoreLeavesNoBackend) {
  const TestDatabase source, target;
  const TempDir dir;
  source.Execute(
      "CREATE TABLE t (a text);"
      "CREATE FUNCTION slow(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE"
      " AS 'BEGIN PERFORM pg_sleep(0.01); RETURN true; END';"
      "INSERT INTO t SELECT i FROM generate_series(1, 2000) AS i;"
      "ALTER TABLE t ADD CHECK (public.slow(a)) NOT VALID");
  // Validated here, so that the restore has the check from the beginning.
  source.Execute(
      "UPDATE pg_constraint SET convalidated = true"
      " WHERE conrelid = 'public.t'::regclass");
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  BackgroundProcess restore(
      {kProgram, "restore", "-j", "2", "-d", target.name(), dir.File("a.bale")},
      target.environment());
  ASSERT_TRUE(Appears(target, "query LIKE 'COPY%'"));
  restore.Signal(SIGINT);
  EXPECT_EQ(restore.Wait(), 130);
  EXPECT_TRUE(NoBackendLeft(target));
}

TEST_F(ConcurrencyTest, TableCannotBeDroppedWhileItIsDumped) {
  const TestDatabase source, copy;
  const TempDir dir;
  const auto dump = StartSlowDump(source, dir.File("a.bale"));
  ASSERT_OK_AND_ASSIGN(const auto other, source.Connect());
  ASSERT_OK(other->Execute("SET lock_timeout = '100ms'"));
  EXPECT_THAT(other->Execute("DROP TABLE public.slow"), HasSqlState("55P03"));
  ASSERT_OK(other->Execute("INSERT INTO public.slow VALUES ('later')"));
  EXPECT_EQ(dump->Wait(), 0);
  EXPECT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  EXPECT_EQ(copy.Query("SELECT count(*) FROM slow"), "200000");
}

// Somebody queues for ACCESS EXCLUSIVE behind the dump's lock: workers get
// none, the leader reads the table. Views on it, whose definitions the server
// cannot give without a lock, are read all the same.
TEST_F(ConcurrencyTest, TableThatSomebodyWaitsForIsReadByTheLeader) {
  const TestDatabase source, copy;
  const TempDir dir;
  source.Execute(
      "CREATE TABLE first (a integer); CREATE TABLE second (a integer);"
      "INSERT INTO first SELECT generate_series(1, 1000);"
      "CREATE VIEW seen AS SELECT a FROM first;"
      "CREATE MATERIALIZED VIEW kept AS SELECT a FROM first;"
      "CREATE RULE r AS ON DELETE TO first DO ALSO SELECT 1");
  ASSERT_OK_AND_ASSIGN(const auto holder, source.Connect());
  ASSERT_OK(holder->Execute("BEGIN"));
  ASSERT_OK(holder->Execute("LOCK TABLE public.second"));
  BackgroundProcess dump(
      {kProgram, "dump", "-j", "3", "-f", dir.File("a.bale")},
      source.environment());
  ASSERT_TRUE(Appears(source, "wait_event_type = 'Lock'"));
  BackgroundProcess waiter({TestServer::Get().Program("psql"), "-qXc",
                            "BEGIN; LOCK TABLE first; COMMIT"},
                           source.environment());
  ASSERT_TRUE(Appears(
      source, "application_name = 'psql' AND wait_event_type = 'Lock'"));
  ASSERT_OK(holder->Execute("COMMIT"));
  EXPECT_EQ(dump.Wait(20), 0);
  EXPECT_NE(waiter.Wait(10), -1);
  EXPECT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

// A worker that has no room for a lock fails before it reads a row, and the
// leader, which holds the locks, does its work; later, it is too late. Only the
// leader holds one on `other`.
TEST_F(ConcurrencyTest, TableThatAWorkerFindsNoRoomForIsReadByTheLeader) {
  const TestDatabase source, copy;
  const TempDir dir;
  source.Execute(
      "CREATE TABLE other (a integer);"
      "CREATE FUNCTION room(integer) RETURNS boolean LANGUAGE plpgsql AS $$"
      "BEGIN"
      " IF $1 >= 90 AND NOT EXISTS (SELECT FROM pg_locks WHERE granted AND"
      "  pid = pg_backend_pid() AND relation = 'public.other'::regclass) THEN"
      "  RAISE 'no room' USING ERRCODE = '53200'; END IF;"
      " RETURN true; END$$;"
      "CREATE TABLE t AS SELECT i AS a, repeat('x', 100000) AS b"
      " FROM generate_series(1, 100) AS i");
  const auto dump = [&](const std::string& condition) {
    return RunPgbale(source,
                     {"dump", "--quiet", "--overwrite", "-j", "2", "--where",
                      absl::StrCat("t=", condition), "-f", dir.File("a.bale")});
  };
  EXPECT_EQ(dump("a >= 90 AND public.room(a)").exit_code, 0);
  EXPECT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  EXPECT_EQ(copy.Query("SELECT count(*), sum(a) FROM t"), "11|1045");
  const CommandResult late = dump("public.room(a)");
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_THAT(late.err, testing::HasSubstr("table \"public.t\": no room"));
}

// What the others read meanwhile locks nothing for longer than it takes: nobody
// else would see that the leader waits for a migration and it for them.
TEST_F(ConcurrencyTest, MigrationThatTheLeaderWaitsForGoesOn) {
  const TestDatabase source;
  const TempDir dir;
  source.Execute(
      "CREATE TABLE first (a integer);"
      "CREATE TABLE second (a integer);"
      "CREATE VIEW of_first AS SELECT a FROM first;"
      "CREATE VIEW of_second AS SELECT a FROM second;"
      "CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC"
      " SELECT count(*) FROM second; END");
  ASSERT_OK_AND_ASSIGN(const auto migration, source.Connect());
  ASSERT_OK(
      migration->ExecutePipeline({"SET lock_timeout = '20s'", "BEGIN",
                                  "ALTER TABLE public.first ADD b integer"}));
  BackgroundProcess dump(
      {kProgram, "dump", "-j", "4", "-f", dir.File("a.bale")},
      source.environment());
  ASSERT_TRUE(Appears(source,
                      "wait_event_type = 'Lock' AND 1 = (SELECT count(*) FROM"
                      " pg_stat_activity WHERE datname = current_database()"
                      " AND state = 'active' AND"
                      " application_name LIKE 'pgbale%')"));
  ASSERT_OK(migration->ExecutePipeline(
      {"ALTER TABLE public.second ADD b integer", "COMMIT"}));
  EXPECT_EQ(dump.Wait(), 0);
}

TEST_F(ConcurrencyTest, LockWaitTimeoutGivesUpAndNamesTheTable) {
  const TestDatabase source;
  const TempDir dir;
  source.Execute("CREATE TABLE held (a integer)");
  ASSERT_OK_AND_ASSIGN(const auto other, source.Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("LOCK TABLE public.held"));
  const CommandResult result = RunPgbale(
      source, {"dump", "--lock-wait-timeout=200", "-f", dir.File("a.bale")});
  EXPECT_EQ(result.exit_code, 31);
  EXPECT_THAT(result.err, testing::HasSubstr("public.held"));
  EXPECT_THAT(dir.List(), IsEmpty());
}

TEST_F(ConcurrencyTest, RowsCommittedAfterTheSnapshotAreNotInIt) {
  const TestDatabase source, copy;
  const TempDir dir;
  source.Execute(
      "CREATE TABLE a (n integer); CREATE TABLE b (n integer);"
      "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)");
  ASSERT_OK_AND_ASSIGN(const auto holder, source.Connect());
  ASSERT_OK(holder->Execute("BEGIN"));
  ASSERT_OK(holder->Execute("LOCK TABLE public.b"));
  BackgroundProcess dump(
      {kProgram, "dump", "-j", "2", "-f", dir.File("a.bale")},
      source.environment());
  ASSERT_TRUE(Appears(source, "wait_event_type = 'Lock'"));
  source.Execute("INSERT INTO a VALUES (2)");
  ASSERT_OK(holder->Execute("INSERT INTO public.b VALUES (2)"));
  ASSERT_OK(holder->Execute("COMMIT"));
  EXPECT_EQ(dump.Wait(20), 0);
  ASSERT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  EXPECT_EQ(copy.Query("SELECT (SELECT sum(n) FROM a), (SELECT sum(n) FROM b)"),
            "1|1");
}

// A definition that changes between the snapshot and its lock means a new
// snapshot.
TEST_F(ConcurrencyTest, ColumnAddedBeforeTheLockIsInTheDump) {
  const TestDatabase source, copy;
  const TempDir dir;
  source.Execute("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)");
  ASSERT_OK_AND_ASSIGN(const auto other, source.Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("ALTER TABLE public.t ADD b text DEFAULT 'new'"));
  BackgroundProcess dump(
      {kProgram, "dump", "-j", "2", "-f", dir.File("a.bale")},
      source.environment());
  ASSERT_TRUE(Appears(source, "wait_event_type = 'Lock'"));
  ASSERT_OK(other->Execute("COMMIT"));
  EXPECT_EQ(dump.Wait(20), 0);
  EXPECT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

}  // namespace
}  // namespace pgbale
