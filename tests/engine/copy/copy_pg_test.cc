// `pgbale copy`, from one database into another of the same server; into other
// versions: cross_version_pg_test.cc; every kind of object: kinds_pg_test.cc.

#include <signal.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/copy/copy.h"
#include "gmock/gmock.h"
#include "tests/support/activity.h"
#include "tests/support/background_process.h"
#include "tests/support/memory.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kObjects[] =
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";

class CopyTest : public ActivityTest {
 protected:
  static CommandResult RunCopy(const TestDatabase& source,
                               const TestDatabase& target,
                               const Words& options = {}) {
    Words words = {"copy", source.name(), target.name()};
    words.insert(words.end(), options.begin(), options.end());
    return RunPgbale(source, words);
  }
};

// 80 MB in several ranges of pages, which no connection takes alone.
TEST_F(CopyTest, LargeTableComesInPartsByBothConnections) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE large (id integer PRIMARY KEY, t text);"
      "ALTER TABLE large ALTER t SET STORAGE PLAIN;"
      "INSERT INTO large SELECT i, repeat(md5(i::text), 30)"
      " FROM generate_series(1, 85000) i;"
      "CREATE INDEX ON large (right(t, 40))");
  const CommandResult copied =
      RunCopy(source, target,
              {"-j", "2", "--verbose", "--maintenance-memory", "512MB"});
  ASSERT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_THAT(copied.err, AllOf(HasSubstr("\"public.large\", pages 0-"),
                                HasSubstr(" and up: done"),
                                HasSubstr("maintenance_work_mem up to 256 ")));
  EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
}

// A table of rows that are larger than a parser's batch, in either form.
TEST_F(CopyTest, RowsAreNotGatheredInMemory) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE wide AS SELECT i, repeat(chr(64 + i), 16000000) AS t"
      " FROM generate_series(1, 12) i");
  for (const DataFormat format : {DataFormat::kBinary, DataFormat::kText}) {
    const TestDatabase target;
    CopyOptions options;
    options.source = source.options();
    options.restore.target = target.options();
    options.jobs = 1;
    options.data_format = format;
    CancelToken cancel;
    Progress progress;
    const PeakMemory peak;
    ASSERT_OK_AND_ASSIGN(const CopySummary summary,
                         Copy(options, cancel, progress));
    EXPECT_LT(peak.octets(), 80'000'000u);
    EXPECT_EQ(summary.restored.rows, 12u);
    EXPECT_EQ(progress.rows, 12u);
    EXPECT_GE(progress.raw_bytes, 192'000'000u);
    EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
  }
}

// Each transaction adds to both tables.
TEST_F(CopyTest, AllConnectionsSeeOneStateOfASourceThatChanges) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE one AS SELECT i AS a, repeat('x', 200) AS t"
      " FROM generate_series(1, 20000) i;"
      "CREATE TABLE other AS SELECT * FROM one;"
      "CREATE TABLE marks (a integer)");
  const TempDir dir;
  BackgroundProcess copy({kProgram, "copy", "--quiet", "-j", "2",
                          "--rate-limit", "3MB", source.name(), target.name()},
                         source.environment());
  ASSERT_TRUE(Appears(source, "query LIKE 'COPY%TO STDOUT%'"));
  for (int i = 0; i < 20; ++i) {
    source.Execute(
        "BEGIN; INSERT INTO one SELECT * FROM one LIMIT 100;"
        "INSERT INTO other SELECT * FROM one LIMIT 100;"
        "INSERT INTO marks VALUES (1); COMMIT");
  }
  ASSERT_EQ(copy.Wait(), 0);
  EXPECT_EQ(target.Query("SELECT (SELECT count(*) FROM one), (SELECT count(*) "
                         "FROM other), (SELECT count(*) FROM marks)"),
            "20000|20000|0");
  EXPECT_TRUE(NoBackendLeft(source));
}

// A snapshot of its own for each connection would show each a later state: the
// tables grow all the time, by the same.
TEST_F(CopyTest, ConnectionsShareASnapshotTakenWhileRowsAreAdded) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE one AS SELECT i AS a, repeat('x', 200) AS t"
      " FROM generate_series(1, 20000) i;"
      "CREATE TABLE other AS SELECT * FROM one");
  BackgroundProcess writer(
      {TestServer::Get().Program("psql"), "-qXc",
       "DO 'BEGIN LOOP INSERT INTO one VALUES (0); INSERT INTO other VALUES (0)"
       "; COMMIT; END LOOP; END'"},
      source.environment());
  ASSERT_TRUE(Appears(source, "application_name = 'psql'"));
  for (int i = 0; i < 3; ++i) {
    const TestDatabase target;
    ASSERT_TRUE(CopyInto(source, target, {"-j", "2", "--rate-limit", "6MB"}));
    EXPECT_EQ(target.Query("SELECT (SELECT count(*) FROM one) = (SELECT "
                           "count(*) FROM other), (SELECT count(*) FROM one "
                           "WHERE a = 0) > 0"),
              "t|t");
  }
}

// The writers of a source that changes wait for nobody once its rows are here.
TEST_F(CopyTest, SourceIsLeftAloneWhileTheTargetBuildsIndexes) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE t AS SELECT 1 AS a;"
      "CREATE FUNCTION slow(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql"
      " AS 'BEGIN PERFORM 1; RETURN $1; END';"
      "CREATE INDEX ON t (public.slow(a));"
      "CREATE OR REPLACE FUNCTION slow(integer) RETURNS integer IMMUTABLE"
      " LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN $1; END'");
  BackgroundProcess copy(
      {kProgram, "copy", "--quiet", "-j", "2", source.name(), target.name()},
      source.environment());
  ASSERT_TRUE(
      Appears(target, "query LIKE 'CREATE INDEX%' AND state = 'active'"));
  EXPECT_TRUE(NoBackendLeft(source));
  EXPECT_NE(CountSessions(target, "query LIKE 'CREATE INDEX%'"), "0");
  EXPECT_EQ(copy.Wait(), 0);
}

// Somebody queues for ACCESS EXCLUSIVE while both workers are at others: they
// get no lock, and the leader reads. The user is told who waits.
TEST_F(CopyTest, TableThatSomebodyWaitsForIsReadByTheLeader) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE slow_1 AS SELECT i AS a, repeat('x', 5000) AS t"
      " FROM generate_series(1, 100) i;"
      "ALTER TABLE slow_1 ALTER t SET STORAGE PLAIN;"
      "CREATE TABLE slow_2 AS SELECT * FROM slow_1;"
      "CREATE TABLE wanted AS SELECT generate_series(1, 10) AS a");
  const TempDir dir;
  BackgroundProcess copy(
      {"sh", "-c", "exec \"$@\" 2>\"$0\"", dir.File("err"), kProgram, "copy",
       "-v", "-j", "2", source.name(), target.name(), "--where",
       "slow_1=pg_sleep(0.1) IS NOT NULL", "--where",
       "slow_2=pg_sleep(0.1) IS NOT NULL"},
      source.environment());
  ASSERT_TRUE(Appears(source, "query LIKE 'COPY (SELECT%slow%'"));
  BackgroundProcess waiter({TestServer::Get().Program("psql"), "-qXc",
                            "BEGIN; LOCK TABLE wanted; COMMIT"},
                           source.environment());
  EXPECT_EQ(copy.Wait(60), 0);
  EXPECT_THAT(dir.Read("err"),
              AllOf(HasSubstr("waits for table \"public.wanted\""),
                    HasSubstr("\"public.wanted\": read by the leader")));
  EXPECT_EQ(target.Query("SELECT (SELECT count(*) FROM slow_1), "
                         "(SELECT count(*) FROM slow_2), "
                         "(SELECT count(*) FROM wanted)"),
            "100|100|10");
  EXPECT_EQ(waiter.Wait(10), 0);
}

TEST_F(CopyTest, SnapshotOfSerializableTransactionsIsWaitedFor) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  ASSERT_OK_AND_ASSIGN(const auto writer, source.Connect());
  ASSERT_OK(writer->Execute("BEGIN ISOLATION LEVEL SERIALIZABLE"));
  ASSERT_OK(writer->Execute("INSERT INTO public.t SELECT a FROM public.t"));
  BackgroundProcess copy(
      {kProgram, "copy", "--quiet", "-j", "1", "--serializable-deferrable",
       source.name(), target.name()},
      source.environment());
  ASSERT_TRUE(Appears(source, "wait_event = 'SafeSnapshot'"));
  ASSERT_OK(writer->Execute("COMMIT"));
  EXPECT_EQ(copy.Wait(), 0);
}

TEST_F(CopyTest, OtherEncodingIsConvertedOnTheWay) {
  const TestDatabase source("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  source.Execute(
      "SET client_encoding = 'UTF8';"
      "CREATE TABLE café (ü text, n integer);"
      "INSERT INTO café VALUES ('äöüß', 1)");
  for (const char* format : {"binary", "text"}) {
    const TestDatabase target;
    ASSERT_TRUE(CopyInto(source, target, {"--data-format", format}));
    EXPECT_EQ(target.Query("SELECT ü, length(ü) FROM café"), "äöüß|4");
  }
}

TEST_F(CopyTest, PartGoesIntoADatabaseThatHoldsOthers) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE wanted (a integer PRIMARY KEY);"
      "INSERT INTO wanted SELECT generate_series(1, 100);"
      "CREATE TABLE unwanted (a integer)");
  target.Execute("CREATE TABLE stands (a integer)");
  ASSERT_TRUE(
      CopyInto(source, target, {"-t", "wanted", "--where", "wanted=a > 90"}));
  EXPECT_EQ(target.Query("SELECT min(a), count(*) FROM wanted"), "91|10");
  EXPECT_EQ(target.Query("SELECT to_regclass('unwanted')"), "");
}

TEST_F(CopyTest, RowsAloneFollowTheDefinitions) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE parent (a integer PRIMARY KEY);"
      "CREATE TABLE child (a integer REFERENCES parent);"
      "INSERT INTO parent SELECT generate_series(1, 1000);"
      "INSERT INTO child SELECT a FROM parent;"
      "SELECT lo_from_bytea(4711, 'octets')");
  ASSERT_TRUE(CopyInto(source, target, {"--schema-only"}));
  EXPECT_EQ(target.Query("SELECT count(*) FROM parent"), "0");
  ASSERT_TRUE(CopyInto(source, target, {"--data-only", "-j", "2"}));
  EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
}

TEST_F(CopyTest, CleanReplacesWhatAnEarlierCopyHasLeft) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE t (a integer PRIMARY KEY);"
      "INSERT INTO t SELECT generate_series(1, 10)");
  ASSERT_TRUE(CopyInto(source, target));
  const CommandResult refused = RunCopy(source, target);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("the target is not ready, nothing "
                                           "was written"),
                                 HasSubstr("the database is not empty"),
                                 Not(HasSubstr("nothing has changed"))));
  source.Execute("INSERT INTO t VALUES (11)");
  ASSERT_TRUE(CopyInto(source, target, {"--clean", "--if-exists"}));
  EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
}

TEST_F(CopyTest, CleanWantsWhatItDropsUnlessItMayBeMissing) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  EXPECT_EQ(RunCopy(source, target, {"--clean"}).exit_code, 1);
  ASSERT_TRUE(CopyInto(source, target, {"--clean", "--if-exists"}));
  EXPECT_EQ(target.Query("SELECT a FROM t"), "1");
}

TEST_F(CopyTest, ADatabaseIsNotCopiedIntoItself) {
  const TestDatabase source;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  for (const Words& options : {Words{}, Words{"--clean", "--if-exists"}}) {
    const CommandResult refused = RunCopy(source, source, options);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err,
                HasSubstr("source and target are the same database"));
  }
  // DST is only where to connect to first.
  const CommandResult created =
      RunPgbale(source, {"copy", source.name(), "postgres", "-C", "--clean"});
  EXPECT_EQ(created.exit_code, 2) << created.err;
  EXPECT_EQ(source.Query("SELECT a FROM t"), "1");
}

TEST_F(CopyTest, DryRunTellsAndWritesNothing) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE t AS SELECT generate_series(1, 5000) AS a; ANALYZE t");
  const CommandResult told = RunCopy(source, target, {"--dry-run"});
  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_THAT(told.out, AllOf(HasSubstr("source: PostgreSQL "),
                              HasSubstr("table data \"public.t\": 5,000 rows"),
                              HasSubstr("nothing was written")));
  EXPECT_EQ(target.Query(kObjects), "0");
}

TEST_F(CopyTest, OptionsOfOthersAreRefusedWithTheReason) {
  const TestDatabase source, target;
  for (const auto& [option, reason] :
       {std::pair<std::string, std::string>{"-h/tmp", "each names its own"},
        {"--resume", "a copy cannot be resumed"},
        {"--table-mode=append", "a copy cannot do this"}}) {
    const CommandResult refused = RunCopy(source, target, {option});
    EXPECT_EQ(refused.exit_code, 2) << option;
    EXPECT_THAT(refused.err, HasSubstr(reason)) << option;
  }
}

TEST_F(CopyTest, RefusedConnectionsNameTheirSide) {
  const TestDatabase database;
  const CommandResult no_source =
      RunPgbale(database, {"copy", "no_such_database", database.name()});
  EXPECT_EQ(no_source.exit_code, 30);
  EXPECT_THAT(no_source.err,
              AllOf(HasSubstr("error: source: "), HasSubstr("Check SRC")));
  const CommandResult no_target =
      RunPgbale(database, {"copy", database.name(), "no_such_database"});
  EXPECT_EQ(no_target.exit_code, 30);
  EXPECT_THAT(no_target.err,
              AllOf(HasSubstr("error: target: "), HasSubstr("Check DST")));
}

// It was true when the rows came: the function has changed since.
constexpr char kBrokenCheck[] = R"(
  CREATE TABLE a_first AS SELECT generate_series(1, 1000) AS a;
  CREATE FUNCTION small(integer) RETURNS boolean IMMUTABLE LANGUAGE sql
    AS 'SELECT true';
  CREATE TABLE broken (a integer CHECK (public.small(a)));
  INSERT INTO broken SELECT generate_series(1, 200000);
  CREATE OR REPLACE FUNCTION small(integer) RETURNS boolean IMMUTABLE
    LANGUAGE sql AS 'SELECT $1 < 100000';
  CREATE TABLE z_last AS SELECT generate_series(1, 1000) AS a;
  CREATE INDEX ON z_last (a);
)";

TEST_F(CopyTest, CheckThatFailsEndsTheCopyAndNamesTheTable) {
  const TestDatabase source, target;
  source.Execute(kBrokenCheck);
  const CommandResult failed = RunCopy(source, target, {"-j", "2"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(
      failed.err,
      AllOf(HasSubstr("table data \"public.broken\""), HasSubstr("23514"),
            HasSubstr("what was committed until then stays")));
  EXPECT_EQ(target.Query("SELECT count(*) FROM broken"), "0");
  EXPECT_TRUE(NoBackendLeft(source));
  EXPECT_TRUE(NoBackendLeft(target));
}

// Whoever reads the source, a worker or the only connection, which holds the
// snapshot, goes on after a copy that was given up.
TEST_F(CopyTest, ContinueLeavesOutOnlyTheTableThatFails) {
  const TestDatabase source;
  source.Execute(kBrokenCheck);
  for (const char* jobs : {"1", "2"}) {
    const TestDatabase target;
    const CommandResult copied =
        RunCopy(source, target, {"-j", jobs, "--on-error", "continue"});
    EXPECT_EQ(copied.exit_code, 3) << copied.err;
    EXPECT_THAT(copied.err, HasSubstr("table data \"public.broken\""));
    EXPECT_EQ(target.Query("SELECT (SELECT count(*) FROM a_first), "
                           "(SELECT count(*) FROM broken), "
                           "(SELECT count(*) FROM z_last), "
                           "to_regclass('z_last_a_idx')"),
              "1000|0|1000|z_last_a_idx");
  }
}

TEST_F(CopyTest, SingleTransactionLeavesNothing) {
  const TestDatabase source, target;
  source.Execute(kBrokenCheck);
  const CommandResult failed = RunCopy(source, target, {"-1"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("nothing has changed"));
  EXPECT_EQ(target.Query(kObjects), "0");
}

// A trigger that keeps rows away is in the target alone.
TEST_F(CopyTest, RowsThatTheTargetDidNotStoreAreAnError) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT generate_series(1, 10) AS a");
  target.Execute(
      "CREATE TABLE t (a integer);"
      "CREATE FUNCTION keep_away() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN IF new.a = 5 THEN RETURN NULL; END IF; RETURN new; END';"
      "CREATE TRIGGER keep_away BEFORE INSERT ON t FOR EACH ROW"
      " EXECUTE FUNCTION keep_away()");
  const CommandResult failed = RunCopy(source, target, {"--data-only"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("the server stored 9 of 10 rows"));
  EXPECT_EQ(target.Query("SELECT count(*) FROM t"), "0");
}

// What only the end of a transaction finds out.
constexpr char kDeferred[] = R"(
  CREATE TABLE t (a integer);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN $; RETURN NULL; END';
  CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON t DEFERRABLE INITIALLY
    DEFERRED FOR EACH ROW WHEN (new.a = 5) EXECUTE FUNCTION refuse();
)";

TEST_F(CopyTest, RowsThatTheTargetDoesNotCommitAreAnError) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT generate_series(1, 10) AS a");
  target.Execute(absl::StrReplaceAll(kDeferred, {{"$", "RAISE ''not so''"}}));
  for (const Words& options : {Words{"-a"}, Words{"-a", "-1"}}) {
    const CommandResult failed = RunCopy(source, target, options);
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_THAT(failed.err, HasSubstr("not so"));
    EXPECT_EQ(target.Query("SELECT count(*) FROM t"), "0");
  }
}

// Nobody says that nothing has changed who has not heard so.
TEST_F(CopyTest, ConnectionThatIsLostInTheCommitLeavesItOpen) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT generate_series(1, 10) AS a");
  target.Execute(absl::StrReplaceAll(
      kDeferred, {{"$", "PERFORM pg_terminate_backend(pg_backend_pid())"}}));
  const CommandResult failed = RunCopy(source, target, {"-a", "-1"});
  EXPECT_EQ(failed.exit_code, 31);
  EXPECT_THAT(failed.err,
              AllOf(HasSubstr("target: it is not known whether all was"),
                    Not(HasSubstr("nothing has changed"))));
}

// The view is not the copy's, and keeps it from dropping the table.
TEST_F(CopyTest, WhatCannotBeDroppedLeavesAllAsItWas) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  target.Execute("CREATE TABLE t AS SELECT 2 AS a; CREATE VIEW v AS TABLE t");
  const CommandResult failed = RunCopy(source, target, {"-t", "t", "--clean"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err,
              AllOf(HasSubstr("2BP01"), HasSubstr("nothing has changed"),
                    Not(HasSubstr("what was committed"))));
  EXPECT_EQ(target.Query("SELECT a FROM v"), "2");
}

TEST_F(CopyTest, ErrorOfTheSourceEndsEvenACopyThatContinues) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT generate_series(-5, 5) AS a");
  const CommandResult failed = RunCopy(
      source, target, {"--on-error", "continue", "--where", "t=1 / a <> 7"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("error: source: table \"public.t\""),
                                HasSubstr("22012")));
  EXPECT_EQ(target.Query("SELECT count(*) FROM t"), "0");
}

TEST_F(CopyTest, SmallTablesOfOneTransactionAllArrive) {
  const TestDatabase source, target;
  source.Execute(
      "DO 'BEGIN FOR i IN 1..40 LOOP EXECUTE format("
      "''CREATE TABLE t%s AS SELECT %s AS a'', i, i); END LOOP; END'");
  ASSERT_TRUE(CopyInto(source, target, {"-j", "2"}));
  EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
}

// What breaks on the way: the copy ends soon, says on which side, and leaves no
// backend behind.
class CopyFaultTest : public ActivityTest {
 protected:
  // Two tables that take half a minute, and one behind them.
  void StartCopy(const TestDatabase& source, const std::string& target) {
    source.Execute(
        "CREATE TABLE slow_1 AS SELECT i AS a, repeat('x', 5000) AS t"
        " FROM generate_series(1, 600) i;"
        "CREATE TABLE slow_2 AS SELECT * FROM slow_1;"
        "CREATE TABLE last AS SELECT generate_series(1, 10) AS a");
    Words words = {"sh",
                   "-c",
                   "exec \"$@\" 2>\"$0\"",
                   out_.File("err"),
                   kProgram,
                   "copy",
                   "--quiet",
                   "-j",
                   "2",
                   source.name(),
                   target};
    for (const char* table : {"slow_1", "slow_2"})
      words.insert(words.end(), {"--where", absl::StrCat(table,
                                                         "=pg_sleep(0.05) IS "
                                                         "NOT NULL")});
    copy_ = std::make_unique<BackgroundProcess>(words, source.environment());
    // Then all connections stand.
    for (const char* table : {"slow_1", "slow_2"})
      ASSERT_TRUE(Appears(
          source, absl::StrCat("query LIKE 'COPY (SELECT%", table, "%'")));
  }

  static void Terminate(const TestDatabase& database, const char* which) {
    ASSERT_TRUE(Appears(database, which));
    database.Query(absl::StrCat(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname "
        "= current_database() AND pid <> pg_backend_pid() AND ",
        which, " LIMIT 1"));
  }

  void ExpectEnd(const TestDatabase& source, int exit_code) {
    EXPECT_EQ(copy_->Wait(10), exit_code) << Errors();
    EXPECT_TRUE(NoBackendLeft(source));
    EXPECT_TRUE(NoBackendLeft(*target_));
  }

  std::string Errors() const { return out_.Read("err"); }

  void SetUp() override {
    ActivityTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) target_.emplace();
  }

  std::optional<TestDatabase> target_;
  const TempDir out_;
  std::unique_ptr<BackgroundProcess> copy_;
};

TEST_F(CopyFaultTest, WorkerOfTheSourceThatIsTerminatedEndsTheCopy) {
  const TestDatabase source;
  StartCopy(source, target_->name());
  Terminate(source, "query LIKE 'COPY (SELECT%slow%'");
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(), AllOf(HasSubstr("error: source: table \"public.slow_"),
                              HasSubstr("57P01")));
}

TEST_F(CopyFaultTest, LeaderOfTheSourceThatIsTerminatedEndsTheCopy) {
  const TestDatabase source;
  StartCopy(source, target_->name());
  Terminate(source,
            "application_name LIKE 'pgbale%' AND state = 'idle in "
            "transaction'");
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(), HasSubstr("source: the connection that holds the locks "
                                  "on all tables is lost"));
}

TEST_F(CopyFaultTest, BackendOfTheTargetThatIsTerminatedEndsTheCopy) {
  const TestDatabase source;
  StartCopy(source, target_->name());
  Terminate(*target_, "query LIKE 'COPY%slow%FROM STDIN%'");
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(),
              AllOf(HasSubstr("error: target: table data \"public.slow_"),
                    Not(HasSubstr("source: "))));
  EXPECT_EQ(target_->Query("SELECT (SELECT count(*) FROM slow_1) + (SELECT "
                           "count(*) FROM slow_2)"),
            "0");
}

TEST_F(CopyFaultTest, BackendThatWritesLargeObjectsIsOfTheTarget) {
  const TestDatabase source;
  source.Execute(
      "SELECT lo_from_bytea(0, decode(repeat('00', 8000000), 'hex'))");
  BackgroundProcess copy(
      {"sh", "-c", "exec \"$@\" 2>\"$0\"", out_.File("err"), kProgram, "copy",
       "--rate-limit", "1MB", source.name(), target_->name()},
      source.environment());
  Terminate(*target_, "query LIKE '%lo_put%'");
  EXPECT_EQ(copy.Wait(20), 31);
  EXPECT_THAT(Errors(),
              AllOf(HasSubstr("error: target: "), Not(HasSubstr("source: "))));
}

TEST_F(CopyFaultTest, TargetServerThatStopsAtOnceEndsTheCopy) {
  const TestDatabase source;
  const PrivateServer server;
  StartCopy(source, server.ConnectionWords());
  server.StopAtOnce();
  ExpectEnd(source, 31);
  EXPECT_THAT(Errors(), HasSubstr("error: target: "));
}

TEST_F(CopyFaultTest, InterruptEndsBothSides) {
  const TestDatabase source;
  StartCopy(source, target_->name());
  copy_->Signal(SIGINT);
  ExpectEnd(source, 130);
  EXPECT_THAT(Errors(), HasSubstr("what was committed until then stays"));
}

}  // namespace
}  // namespace pgbale
