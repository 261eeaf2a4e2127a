// A restore waits for the disk once, in the end: but then for everything.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using Words = std::vector<std::string>;

class CommitsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    // Nobody but a session that waits writes so little to the disk.
    server_ = std::make_unique<PrivateServer>(Words{
        "wal_writer_delay=10s", "synchronous_commit=on", "autovacuum=off"});
    server_->Execute("CREATE DATABASE source");
    server_->Execute(
        "CREATE TABLE t (a integer PRIMARY KEY); INSERT INTO t VALUES (1), (2);"
        "CREATE TABLE u (a integer); INSERT INTO u VALUES (3);"
        "CREATE VIEW v AS SELECT a FROM t UNION SELECT a FROM u",
        "source");
    const CommandResult dumped =
        server_->RunPgbale({"dump", "-f", bale()}, "source");
    ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
  }

  std::string bale() const { return dir_.File("a.bale"); }

  // Runs `words`, which fill the database "target", and then ends the server
  // as a crash would.
  void RunAndCrash(const Words& words, const std::string& from = "postgres") {
    server_->Execute("DROP DATABASE IF EXISTS target");
    server_->Execute("CREATE DATABASE target");
    // What stands in the target notes how the commands commit.
    server_->Execute(R"(
      CREATE SCHEMA watch; CREATE TABLE watch.commits (way text);
      CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO watch.commits
         VALUES (current_setting(''synchronous_commit'')); END';
      CREATE EVENT TRIGGER note ON ddl_command_end
        EXECUTE FUNCTION watch.note())",
                     "target");
    const CommandResult result = server_->RunPgbale(words, from);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    server_->Crash();
  }

  void ExpectWhole() const {
    EXPECT_EQ(
        server_->Query("SELECT string_agg(a::text, ' ' ORDER BY a) FROM v",
                       "target"),
        "1 2 3");
    EXPECT_EQ(server_->Query("SELECT count(*) FROM pg_index WHERE indrelid = "
                             "'t'::regclass AND indisvalid",
                             "target"),
              "1");
  }
  std::string WaysOfCommits() const {
    return server_->Query(
        "SELECT string_agg(DISTINCT way, ' ') FROM watch.commits", "target");
  }

  const TempDir dir_;
  std::unique_ptr<PrivateServer> server_;
};

TEST_F(CommitsTest, RestoresWaitForTheDiskOnceAndForAll) {
  for (const Words& options :
       {Words{"-j", "2"}, Words{"-j", "2", "--no-journal"}}) {
    Words words = {"restore", "--allow-non-empty", "-d", "target", bale()};
    words.insert(words.end(), options.begin(), options.end());
    RunAndCrash(words);
    ExpectWhole();
    EXPECT_EQ(WaysOfCommits(), "off") << options.back();
  }
}

TEST_F(CommitsTest, ACopyToo) {
  RunAndCrash({"copy", "--allow-non-empty", server_->ConnectionWords("source"),
               server_->ConnectionWords("target")});
  ExpectWhole();
  EXPECT_EQ(WaysOfCommits(), "off");
}

// It has one commit, as the server is used to it.
TEST_F(CommitsTest, ASingleTransactionChangesNothing) {
  server_->Execute("ALTER SYSTEM SET synchronous_commit = local");
  server_->Execute("SELECT pg_reload_conf()");
  RunAndCrash({"restore", "--allow-non-empty", "-1", "-d", "target", bale()});
  ExpectWhole();
  EXPECT_EQ(WaysOfCommits(), "local");
}

}  // namespace
}  // namespace pgbale
