// A restore from a pipe, by the real program: while the dump runs, and when the
// pipe breaks.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

class StreamRestoreTest : public ServerTest {
 protected:
  void LoadSource() {
    source_.Execute(R"(
      CREATE TABLE a (i integer PRIMARY KEY, t text);
      CREATE TABLE b (i integer REFERENCES a, u uuid DEFAULT gen_random_uuid());
      CREATE INDEX ON b (u);
      CREATE SEQUENCE counted START 42;
      CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM a;
      INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 100000) i;
      INSERT INTO b SELECT i FROM generate_series(1, 100000) i;
      SELECT lo_from_bytea(4711, decode(repeat('0badcafe', 10000), 'hex'));
      REFRESH MATERIALIZED VIEW m;
    )");
  }
  // `dump -f - | FILTER | restore -d target OPTIONS -`
  CommandResult Pipe(const std::string& filter, const std::string& options,
                     const std::string& dump_options = "") const {
    return RunCommand({"sh", "-c",
                       absl::StrCat("\"$0\" dump ", dump_options, " -f - | ",
                                    filter, " | \"$0\" restore -d ",
                                    target_.name(), " ", options, " -"),
                       kProgram},
                      source_.environment());
  }
  std::string RowsInTarget() const {
    return target_.Query("SELECT count(*) FROM a");
  }

  const TestDatabase source_, target_;
};

TEST_F(StreamRestoreTest, WhatComesThroughAPipeIsTheDatabase) {
  LoadSource();
  const CommandResult result = Pipe("cat", "-j 3", "-j 2");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

TEST_F(StreamRestoreTest, InOneTransactionToo) {
  LoadSource();
  EXPECT_EQ(Pipe("cat", "-1").exit_code, 0);
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

TEST_F(StreamRestoreTest, PartsOfAStreamAreRestored) {
  LoadSource();
  EXPECT_EQ(Pipe("cat", "-t a").exit_code, 0);
  EXPECT_EQ(RowsInTarget(), "100000");
  EXPECT_EQ(target_.Query("SELECT to_regclass('b')"), "");
  const TestDatabase empty;
  EXPECT_EQ(RunCommand({"sh", "-c",
                        absl::StrCat("\"$0\" dump -f - | \"$0\" restore -s -d ",
                                     empty.name(), " -"),
                        kProgram},
                       source_.environment())
                .exit_code,
            0);
  EXPECT_EQ(empty.Query("SELECT count(*) FROM a"), "0");
}

// The filter lets the first chunks pass, and waits until the definitions and
// uncommitted rows are in the target.
TEST_F(StreamRestoreTest, TheRestoreBeginsWhileTheDumpStillRuns) {
  LoadSource();
  const std::string wait = absl::StrCat(
      "{ head -c 4000000; for i in $(seq 300); do psql -XAtqd ", target_.name(),
      " -c \"SELECT 'seen' WHERE to_regclass('a') IS NOT NULL\" | grep -q seen"
      " && { echo begun >&2; break; }; sleep 0.1; done; cat; }");
  const CommandResult result = Pipe(wait, "-j 2", "-Z0");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("begun"));
  EXPECT_EQ(RowsInTarget(), "100000");
}

TEST_F(StreamRestoreTest, OfAStreamThatBreaksNoRowStaysAndThatIsSaid) {
  LoadSource();
  const CommandResult result = Pipe("head -c 4000000", "-j 2", "-Z0");
  EXPECT_EQ(result.exit_code, 21) << result.err;
  EXPECT_THAT(result.err, HasSubstr("standard input"));
  EXPECT_THAT(result.err, HasSubstr("no row of the stream is in the target"));
  EXPECT_THAT(result.err, HasSubstr("HINT: "));
  EXPECT_EQ(RowsInTarget(), "0");
  EXPECT_EQ(target_.Query("SELECT count(*) FROM pg_constraint WHERE contype IN "
                          "('p', 'f') AND conrelid = 'a'::regclass"),
            "0");
}

TEST_F(StreamRestoreTest, OfAStreamThatBreaksInOneTransactionNothingStays) {
  LoadSource();
  const CommandResult result = Pipe("head -c 4000000", "-1", "-Z0");
  EXPECT_EQ(result.exit_code, 21) << result.err;
  EXPECT_EQ(target_.Query("SELECT to_regclass('a')"), "");
}

// The rows are not committed before all else is done.
TEST_F(StreamRestoreTest, WhatFailsBehindTheRowsInOneTransactionTakesThemBack) {
  LoadSource();
  source_.Execute(
      "SET session_replication_role = replica; INSERT INTO b VALUES (-1)");
  const CommandResult result = Pipe("cat", "-1");
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("(23503"));
  EXPECT_EQ(target_.Query("SELECT to_regclass('a')"), "");
}

TEST_F(StreamRestoreTest, RowsOfAStreamAreCounted) {
  LoadSource();
  const CommandResult result = Pipe("cat", "--json");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const size_t summary = result.out.find("\"type\":\"summary\"");
  ASSERT_NE(summary, std::string::npos) << result.out;
  // With twenty pages of the large object.
  EXPECT_THAT(result.out.substr(summary), HasSubstr("\"rows\":200020"));
}

TEST_F(StreamRestoreTest, ADamagedChunkIsFoundAndNoRowStays) {
  LoadSource();
  const CommandResult result = Pipe(
      "{ head -c 4000000; head -c 1 >/dev/null; printf X; cat; }", "", "-Z0");
  EXPECT_EQ(result.exit_code, 20) << result.err;
  EXPECT_EQ(RowsInTarget(), "0");
}

TEST_F(StreamRestoreTest, AnErrorOfTheServerEndsItAndNoRowStays) {
  LoadSource();
  ASSERT_EQ(Pipe("cat", "-s").exit_code, 0);
  target_.Execute("ALTER TABLE a ADD CHECK (i < 90000)");
  const CommandResult result = Pipe("cat", "-a -j 2 --allow-non-empty");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("23514"));
  EXPECT_THAT(result.err, HasSubstr("no row of the stream"));
  EXPECT_EQ(RowsInTarget(), "0");
}

TEST_F(StreamRestoreTest, WhatAStreamCannotDoIsSaidBeforeItIsRead) {
  const CommandResult result = RunCommand(
      {kProgram, "restore", "-d", target_.name(), "--on-error=continue", "-"},
      target_.environment(), "");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--on-error=continue"));
  const CommandResult empty =
      RunCommand({kProgram, "restore", "-d", target_.name(), "-"},
                 target_.environment(), "");
  EXPECT_EQ(empty.exit_code, 21);
  EXPECT_THAT(empty.err, HasSubstr("it is empty"));
}

}  // namespace
}  // namespace pgbale
