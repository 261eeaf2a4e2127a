// What goes wrong for users, by the real program: the message, what it says to
// do, the exit code, and what is left behind.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BadInputTest : public ServerTest {
 protected:
  // The bale of a database with one table of 100 000 rows.
  std::string MakeBale(const TestDatabase& source, const TempDir& dir) {
    source.Execute(
        "CREATE TABLE t (a integer, b text);"
        "INSERT INTO t SELECT i, md5(i::text) FROM generate_series(1, 100000)"
        " AS i");
    EXPECT_TRUE(DumpAndVerify(source, dir.File("good.bale")));
    return dir.Read("good.bale");
  }
};

TEST_F(BadInputTest, MissingDatabaseExitsWith30AndLeavesNoFile) {
  const TestDatabase database;
  const TempDir dir;
  const CommandResult result = RunPgbale(
      database, {"dump", "-d", "no_such_db", "-f", dir.File("a.bale")});
  EXPECT_EQ(result.exit_code, 30);
  EXPECT_THAT(result.err, HasSubstr("\"no_such_db\" does not exist"));
  EXPECT_THAT(result.err, HasSubstr("HINT: Check the name of the database"));
  EXPECT_THAT(dir.List(), IsEmpty());
}

TEST_F(BadInputTest, WrongPasswordExitsWith30AndIsNotRepeated) {
  const TestServer& server = TestServer::Get();
  if (server.tcp_host.empty()) GTEST_SKIP() << "the server has no TCP port";
  const TestDatabase database;
  const TempDir dir;
  const Words words = {kProgram, "dump",          "-h", server.tcp_host,
                       "-p",     server.tcp_port, "-f", dir.File("a.bale")};
  Environment environment = database.environment();
  environment.emplace_back("PGPASSWORD", "guessed");
  const CommandResult result = RunCommand(words, environment);
  EXPECT_EQ(result.exit_code, 30);
  EXPECT_THAT(result.err, HasSubstr("password authentication failed"));
  EXPECT_THAT(result.err, HasSubstr("HINT: "));
  EXPECT_THAT(result.err, Not(HasSubstr("guessed")));
  EXPECT_THAT(dir.List(), IsEmpty());
}

TEST_F(BadInputTest, TargetThatIsNotEmptyIsLeftAlone) {
  const TestDatabase source, target;
  const TempDir dir;
  MakeBale(source, dir);
  target.Execute("CREATE TABLE mine (a integer)");
  const CommandResult result = RunPgbale(
      target, {"restore", "-d", target.name(), dir.File("good.bale")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("HINT: "));
  EXPECT_EQ(target.Query("SELECT relname FROM pg_class WHERE relkind = 'r'"
                         " AND relnamespace = 'public'::regnamespace"),
            "mine");
}

TEST_F(BadInputTest, CutArchiveIsRefusedBeforeTheTargetIsTouched) {
  const TestDatabase source, target;
  const TempDir dir;
  const std::string good = MakeBale(source, dir);
  const std::string cut =
      dir.Write("cut.bale", good.substr(0, good.size() - 1));
  const CommandResult result =
      RunPgbale(target, {"restore", "-d", target.name(), cut});
  EXPECT_EQ(result.exit_code, 21);
  EXPECT_THAT(result.err, HasSubstr("cut.bale"));
  EXPECT_THAT(result.err, HasSubstr("HINT: "));
  EXPECT_EQ(RunPgbale(target, {"verify", cut}).exit_code, 21);
  EXPECT_EQ(target.Query("SELECT to_regclass('t')"), "");
}

TEST_F(BadInputTest, FlippedByteIsDamageThatNamesTheTable) {
  const TestDatabase source, target;
  const TempDir dir;
  std::string bytes = MakeBale(source, dir);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const std::string bad = dir.Write("bad.bale", bytes);
  const CommandResult verified = RunPgbale(target, {"verify", bad});
  EXPECT_EQ(verified.exit_code, 20);
  EXPECT_THAT(verified.err, HasSubstr("public.t"));
  const CommandResult restored =
      RunPgbale(target, {"restore", "-d", target.name(), bad});
  EXPECT_EQ(restored.exit_code, 20);
  EXPECT_THAT(restored.err, HasSubstr("public.t"));
}

TEST_F(BadInputTest, ExistingOutputIsKeptUnlessOverwriteSaysSo) {
  const TestDatabase source;
  const TempDir dir;
  const std::string path = dir.Write("a.bale", "precious");
  EXPECT_EQ(RunPgbale(source, {"dump", "-f", path}).exit_code, 40);
  EXPECT_EQ(dir.Read("a.bale"), "precious");
  EXPECT_EQ(RunPgbale(source, {"dump", "--overwrite", "-f", path}).exit_code,
            0);
  EXPECT_EQ(RunPgbale(source, {"verify", path}).exit_code, 0);
  EXPECT_THAT(dir.List(), ElementsAre("a.bale"));
}

// A limit of the file's size stands for a disk that is full.
TEST_F(BadInputTest, FullDiskExitsWith40AndLeavesNoFile) {
  const TestDatabase source;
  const TempDir dir, out;
  MakeBale(source, dir);
  const CommandResult result =
      RunCommand({"sh", "-c", "ulimit -f 64; exec \"$@\"", "sh", kProgram,
                  "dump", "-j", "2", "-f", out.File("a.bale")},
                 source.environment());
  EXPECT_EQ(result.exit_code, 40);
  EXPECT_THAT(result.err, HasSubstr("a.bale"));
  EXPECT_THAT(out.List(), IsEmpty());
}

TEST_F(BadInputTest, KeepPartialKeepsWhatWasWritten) {
  const TestDatabase source;
  const TempDir dir, out;
  MakeBale(source, dir);
  const CommandResult result =
      RunCommand({"sh", "-c", "ulimit -f 64; exec \"$@\"", "sh", kProgram,
                  "dump", "--keep-partial", "-f", out.File("a.bale")},
                 source.environment());
  EXPECT_EQ(result.exit_code, 40);
  EXPECT_THAT(out.List(), ElementsAre("a.bale.partial"));
}

TEST_F(BadInputTest, PatternThatMatchesNothingIsAnError) {
  const TestDatabase source;
  const TempDir dir;
  const CommandResult result =
      RunPgbale(source, {"dump", "-t", "nothing", "-f", dir.File("a.bale")});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("nothing"));
  EXPECT_THAT(dir.List(), IsEmpty());
}

TEST_F(BadInputTest, MissingRoleIsListedBeforeAnythingIsWritten) {
  const TestDatabase source, target;
  const TempDir dir;
  const std::string role = absl::StrCat(source.name(), "_gone");
  source.Execute(absl::StrCat("CREATE ROLE ", role,
                              "; CREATE TABLE t (a integer);"
                              "ALTER TABLE t OWNER TO ",
                              role));
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  source.Execute(absl::StrCat("DROP TABLE t; DROP ROLE ", role));
  const Words restore = {"restore", "-d", target.name(), dir.File("a.bale")};
  const CommandResult result = RunPgbale(target, restore);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr(role));
  EXPECT_EQ(target.Query("SELECT to_regclass('t')"), "");
  EXPECT_TRUE(RestoreInto(target, dir.File("a.bale"), {"--no-owner"}));
  EXPECT_EQ(target.Query("SELECT to_regclass('t')"), "t");
}

}  // namespace
}  // namespace pgbale
