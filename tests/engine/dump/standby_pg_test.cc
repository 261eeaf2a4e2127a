// A standby as the source.

#include <unistd.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "gmock/gmock.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kObjects[] = R"(
  CREATE TABLE parent (id integer PRIMARY KEY, t text DEFAULT 'x');
  INSERT INTO parent SELECT i, md5(i::text) FROM generate_series(1, 5000) i;
  CREATE TABLE child (id serial, parent integer REFERENCES parent);
  INSERT INTO child (parent) SELECT i FROM generate_series(1, 100) i;
  CREATE TABLE parts (a integer) PARTITION BY LIST (a);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
  INSERT INTO parts VALUES (1);
  CREATE VIEW seen AS SELECT * FROM parent;
  CREATE MATERIALIZED VIEW kept AS SELECT count(*) FROM parent;
  CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
  SELECT lo_from_bytea(4711, 'large');
  -- nextval tells a standby of a value that lies ahead, setval does not.
  SELECT setval('child_id_seq', 100);
)";

class StandbyTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    primary_ = std::make_unique<PrivateServer>();
    standby_ = PrivateServer::StartStandby(
        *primary_, {"max_standby_streaming_delay = 100ms"});
    if (standby_ == nullptr)
      GTEST_SKIP() << "the server's version has no pg_basebackup";
  }
  void TearDown() override {
    standby_.reset();
    primary_.reset();
  }

  // Runs `sql` on the primary, and waits until the standby has it.
  void Execute(const std::string& sql) const {
    primary_->Execute(sql);
    // Commits may be asynchronous: what is written may not hold this one yet.
    const std::string lsn =
        primary_->Query("SELECT pg_current_wal_insert_lsn()");
    const Stopwatch waited;
    while (standby_->Query("SELECT pg_last_wal_replay_lsn() >= '" + lsn +
                           "'") != "t") {
      ASSERT_LT(waited.seconds(), 60);
      usleep(20000);
    }
  }

  CommandResult Dump(const Words& options) const {
    Words words = {"dump", "--quiet", "-f", dir_.File("a.bale")};
    words.insert(words.end(), options.begin(), options.end());
    return standby_->RunPgbale(words);
  }

  const TempDir dir_;
  std::unique_ptr<PrivateServer> primary_, standby_;
};

TEST_F(StandbyTest, IsDumpedByManyJobsAsItsPrimaryWouldBe) {
  Execute(kObjects);
  const CommandResult dumped = Dump({"-j", "3"});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  EXPECT_THAT(dumped.err, IsEmpty());
  primary_->Execute("CREATE DATABASE copy TEMPLATE template0");
  const CommandResult restored = primary_->RunPgbale(
      {"restore", "--quiet", "-d", "copy", dir_.File("a.bale")});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  const CommandResult compared =
      RunCommand({std::string(kSourceDir) + "/scripts/compare-databases.sh",
                  "postgres", "copy"},
                 primary_->environment());
  EXPECT_EQ(compared.exit_code, 0) << compared.out << compared.err;
}

TEST_F(StandbyTest, HasNothingOfWhatIsUnloggedWhichIsSaid) {
  Execute(
      "CREATE UNLOGGED TABLE fleeting (a integer);"
      "INSERT INTO fleeting VALUES (1)");
  const CommandResult dumped = Dump({});
  EXPECT_EQ(dumped.exit_code, 3) << dumped.err;
  EXPECT_THAT(dumped.err,
              HasSubstr("without its contents: table \"public.fleeting\": it "
                        "is unlogged, and a standby has none of it"));
  const CommandResult asked = Dump({"--no-unlogged-table-data", "--overwrite"});
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
}

TEST_F(StandbyTest, CannotGiveASerializableSnapshot) {
  const CommandResult dumped = Dump({"--serializable-deferrable"});
  EXPECT_EQ(dumped.exit_code, 1);
  EXPECT_THAT(dumped.err, HasSubstr("a standby cannot tell which snapshots are "
                                    "serializable"));
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(StandbyTest, ConflictWithRecoveryEndsTheDumpAndNamesTheSettings) {
  Execute("CREATE TABLE slow AS SELECT generate_series(1, 1000) AS a");
  BackgroundProcess dump(
      {"sh", "-c", "exec \"$@\" 2>\"$0\"", dir_.File("err"), kProgram, "dump",
       "-j", "2", "--where", "slow=pg_sleep(0.02) IS NOT NULL", "-f",
       dir_.File("a.bale")},
      standby_->environment());
  const Stopwatch waited;
  while (standby_->Query("SELECT count(*) FROM pg_stat_activity WHERE query "
                         "LIKE 'COPY (SELECT%slow%'") == "0") {
    ASSERT_LT(waited.seconds(), 20) << dir_.Read("err");
    usleep(20000);
  }
  primary_->Execute("DROP TABLE slow");
  EXPECT_EQ(dump.Wait(60), 31);
  EXPECT_THAT(dir_.Read("err"), AllOf(HasSubstr("conflict with recovery"),
                                      HasSubstr("max_standby_streaming_delay"),
                                      HasSubstr("hot_standby_feedback")));
  EXPECT_THAT(dir_.List(), testing::ElementsAre("err"));
}

}  // namespace
}  // namespace pgbale
