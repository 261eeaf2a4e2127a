// A way back from a restore that failed.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kShop[] = R"(
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE TABLE t (id serial PRIMARY KEY, m mood DEFAULT 'ok');
  CREATE TABLE u (id integer PRIMARY KEY, t integer REFERENCES t);
  CREATE INDEX u_t ON u (t);
  CREATE VIEW v AS SELECT * FROM t;
  INSERT INTO t (m) SELECT 'ok' FROM generate_series(1, 10);
  INSERT INTO u SELECT i, i FROM generate_series(1, 10) AS i;
)";

// The target is the source's twin, and then differs.
class SafetyBackupTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(kShop);
    ASSERT_TRUE(DumpAndVerify(source_, bale()));
    ASSERT_TRUE(RestoreInto(target_, bale(), {}));
    target_.Execute(
        "UPDATE t SET m = 'sad' WHERE id < 4;"
        "COMMENT ON TABLE u IS 'mine';"
        "SELECT setval('t_id_seq', 77)");
    before_ = State();
  }

  std::string bale() const { return dir_.File("a.bale"); }
  std::string backup() const { return dir_.File("safe.bale"); }
  std::string State() const {
    return absl::StrCat(PgDumpText(target_.name(), {}), Fingerprint(target_));
  }
  CommandResult Restore(Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale(),
                                 "--safety-backup", backup()});
    return RunPgbale(target_, words);
  }
  // Lets the archive hold a row that breaks its key: restores of it fail late.
  void BreakArchive() const {
    source_.Execute(
        "ALTER TABLE u DISABLE TRIGGER ALL;"
        "INSERT INTO u VALUES (99, 99);"
        "ALTER TABLE u ENABLE TRIGGER ALL;"
        "CREATE TABLE later (id integer REFERENCES t);"
        "CREATE VIEW later_view AS SELECT * FROM u");
    ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  }
  // Runs the command that was printed.
  int RunPrinted(const std::string& printed) const {
    const size_t begin = printed.find("  pgbale restore");
    EXPECT_NE(begin, std::string::npos) << printed;
    const std::string command =
        printed.substr(begin + 9, printed.find('\n', begin) - begin - 9);
    return RunCommand({"sh", "-c", absl::StrCat("'", kProgram, "' ", command)},
                      target_.environment())
        .exit_code;
  }

  // Out of the backup, of which no command was printed.
  void ExpectTablesComeBack() const {
    const CommandResult result = RunPgbale(
        target_,
        {"restore", "-d", target_.name(), "--clean", "--if-exists", backup()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(State(), before_);
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
  std::string before_;
};

TEST_F(SafetyBackupTest, TheCommandThatIsPrintedBringsADatabaseBack) {
  BreakArchive();
  const CommandResult result = Restore({"--clean", "--if-exists"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("23503"),
                                HasSubstr("to bring back what stood there:"),
                                HasSubstr("--create --clean")));
  EXPECT_NE(State(), before_);
  EXPECT_EQ(RunPrinted(result.err), 0);
  EXPECT_EQ(State(), before_);
}

// Else it would drop a database of that name on libpq's own server.
TEST_F(SafetyBackupTest, TheCommandLeadsToTheSameServerAndRole) {
  BreakArchive();
  const CommandResult result =
      Restore({"--clean", "--if-exists", "--role", TestServer::Get().user, "-d",
               absl::StrCat("application_name=me password=hunter2 dbname=",
                            target_.name())});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("application_name="), HasSubstr("--role"),
                    Not(HasSubstr("hunter2"))));
  EXPECT_EQ(RunPrinted(result.err), 0);
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, RollbackRunsIt) {
  BreakArchive();
  const CommandResult result =
      Restore({"--clean", "--if-exists", "--rollback-on-error"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("23503"), HasSubstr("was brought back from")));
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, OfTablesAloneOnlyTheseAreTakenAndBroughtBack) {
  BreakArchive();
  target_.Execute("CREATE TABLE others (a integer)");
  before_ = State();
  const CommandResult result =
      Restore({"-t", "u", "--clean", "--rollback-on-error"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("safe.bale\": table \"public.u\"\n"),
                                HasSubstr("was brought back from")));
  EXPECT_EQ(State(), before_);
  EXPECT_EQ(RunPgbale(target_, {"verify", backup()}).exit_code, 0);
}

// The archive knows of one partition, and DROP TABLE takes all.
TEST_F(SafetyBackupTest, PartitionsThatTheArchiveHasNotComeBackToo) {
  constexpr char kLog[] = R"(
    CREATE TABLE log (a integer PRIMARY KEY) PARTITION BY RANGE (a);
    CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (1) TO (10);
    INSERT INTO log VALUES (1), (5);
  )";
  source_.Execute(kLog);
  target_.Execute(absl::StrCat(kLog, R"(
    CREATE SCHEMA more;
    CREATE TABLE more.log_2 PARTITION OF log FOR VALUES FROM (10) TO (20);
    INSERT INTO log VALUES (12);
  )"));
  before_ = State();
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  const CommandResult result = Restore({"-t", "log", "--clean"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("table \"more.log_2\""));
  EXPECT_EQ(target_.Query("SELECT to_regclass('more.log_2') IS NULL"), "t");
  ExpectTablesComeBack();
}

// Rows that the archive has in one table go into partitions here.
TEST_F(SafetyBackupTest, RowsOfAPartitionedTableAreThoseOfItsPartitions) {
  source_.Execute("CREATE TABLE p (a integer); INSERT INTO p VALUES (1), (30)");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  target_.Execute(R"(
    CREATE TABLE p (a integer) PARTITION BY RANGE (a);
    CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (10);
    INSERT INTO p VALUES (7);
  )");
  const CommandResult result = Restore({"-a", "-t", "p"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("table \"public.p_1\""));
  target_.Execute("DELETE FROM p");
  EXPECT_EQ(RunPrinted(result.err), 0);
  EXPECT_EQ(target_.Query("SELECT string_agg(a::text, ' ') FROM p"), "7");
}

TEST_F(SafetyBackupTest, StatesOfSequencesAreBroughtBack) {
  for (const TestDatabase* database : {&source_, &target_})
    database->Execute("CREATE SEQUENCE alone; SELECT setval('alone', 5)");
  source_.Execute("SELECT setval('alone', 500)");
  target_.Execute(
      "ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE;"
      "ALTER TABLE u DROP CONSTRAINT u_pkey;"
      "ALTER TABLE u ADD CHECK (id < 99) NOT VALID");
  before_ = State();
  BreakArchive();
  const CommandResult result =
      Restore({"-a", "-t", "t", "-t", "u", "-t", "alone", "-j", "1"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("sequence \"public.alone\", table "));
  target_.Execute("SELECT setval('alone', 500)");
  EXPECT_EQ(RunPrinted(result.err), 0);
  EXPECT_EQ(State(), before_);
}

// Of a section without tables, what is dropped is theirs.
TEST_F(SafetyBackupTest, ConstraintsAndIndexesBelongToTheirTables) {
  target_.Execute(
      "DROP INDEX u_t; CREATE TABLE w (a integer);"
      "CREATE INDEX u_t ON w (a)");
  before_ = State();
  const CommandResult result =
      Restore({"-t", "u", "--section=post-data", "--clean"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("table \"public.u\", table \"public.w\"\n"));
  EXPECT_NE(State(), before_);
  ExpectTablesComeBack();
}

TEST_F(SafetyBackupTest, PublicationsOfATableThatIsDroppedForbidIt) {
  target_.Execute("CREATE PUBLICATION mine FOR TABLE u");
  before_ = State();
  const CommandResult result = Restore({"-t", "u", "--clean"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("nothing was restored"),
                                HasSubstr("in publication \"mine\"")));
  EXPECT_THAT(dir_.List(), Not(Contains("safe.bale")));
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, RowsAloneAreReplacedByThoseThatWereThere) {
  target_.Execute(
      "ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE;"
      "ALTER TABLE u DROP CONSTRAINT u_pkey;"
      "ALTER TABLE u ADD CHECK (id < 99) NOT VALID");
  before_ = State();
  BreakArchive();
  const CommandResult result =
      Restore({"-a", "-t", "t", "-t", "u", "--rollback-on-error"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("23514"),
                                HasSubstr("table \"public.t\", table "
                                          "\"public.u\""),
                                HasSubstr("was brought back from")));
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, OfATransactionNothingIsToBeBroughtBack) {
  target_.Execute("ALTER TABLE u ADD CHECK (id < 5) NOT VALID");
  before_ = State();
  const CommandResult result =
      Restore({"-t", "u", "--table-mode", "truncate", "--rollback-on-error"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("nothing has changed"),
                                Not(HasSubstr("was brought back"))));
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, OfATransactionThatLeftSomethingOutAllHasChanged) {
  BreakArchive();
  const CommandResult result =
      Restore({"-t", "u", "--clean", "-1", "--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("the restore has ended; to bring"),
                                Not(HasSubstr("nothing has changed"))));
  EXPECT_NE(State(), before_);
  EXPECT_EQ(RunPrinted(result.err), 0);
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, WhatCouldNotBeDroppedNeedNotBeBroughtBack) {
  target_.Execute("CREATE VIEW of_u AS SELECT * FROM u");
  before_ = State();
  const CommandResult result =
      Restore({"-t", "u", "--clean", "--rollback-on-error"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("2BP01"), HasSubstr("nothing has changed\n"),
                    Not(HasSubstr("brought back"))));
  EXPECT_EQ(State(), before_);
}

// The schema is needed, and may stand: what is made is made one by one.
TEST_F(SafetyBackupTest, ATableInASchemaIsDroppedWithAllThatIsItsOrNothing) {
  for (const TestDatabase* database : {&source_, &target_})
    database->Execute("CREATE SCHEMA s; ALTER TABLE u SET SCHEMA s");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  target_.Execute("CREATE VIEW of_u AS SELECT * FROM s.u");
  before_ = State();
  const CommandResult result = Restore({"-t", "s.u", "--clean"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("2BP01"), HasSubstr("nothing has changed\n")));
  EXPECT_EQ(State(), before_);
}

TEST_F(SafetyBackupTest, NothingIsTouchedIfItFails) {
  dir_.Write("safe.bale", "precious");
  const CommandResult result = Restore({"--clean"});
  EXPECT_EQ(result.exit_code, 40);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("nothing was restored"), HasSubstr("safe.bale")));
  EXPECT_EQ(State(), before_);
  EXPECT_EQ(dir_.Read("safe.bale"), "precious");
}

TEST_F(SafetyBackupTest, WhatTouchesNothingNeedsNone) {
  const CommandResult result =
      RunPgbale(target_, {"restore", "-d", target_.name(), bale(), "-t", "t",
                          "--rename", "t=t2", "--safety-backup", backup()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no safety backup"));
  EXPECT_THAT(dir_.List(), Not(Contains("safe.bale")));
}

TEST_F(SafetyBackupTest, WrongUsageIsExitCode2) {
  EXPECT_EQ(RunPgbale(target_, {"restore", "-d", target_.name(), bale(),
                                "--rollback-on-error"})
                .exit_code,
            2);
  EXPECT_EQ(Restore({"--dry-run"}).exit_code, 2);
}

}  // namespace
}  // namespace pgbale
