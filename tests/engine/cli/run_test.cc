#include "engine/cli/run.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/command.h"
#include "tests/support/paths.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The real process, without a server.
CommandResult RunWords(std::vector<std::string> words) {
  words.insert(words.begin(), kProgram);
  return RunCommand(words, {{"PGHOST", "/nonexistent"}, {"PGDATABASE", ""}});
}

TEST(Run, WithoutWordsShowsTheCommandsAndFails) {
  const CommandResult result = RunWords({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("Commands:"));
}

TEST(Run, HelpAndVersionGoToStandardOutput) {
  for (const char* word : {"help", "--help", "-?"})
    EXPECT_THAT(RunWords({word}).out, HasSubstr("Commands:")) << word;
  for (const char* word : {"version", "--version", "-V"})
    EXPECT_EQ(RunWords({word}).out, "pgbale " PGBALE_VERSION "\n") << word;
  EXPECT_THAT(RunWords({"help", "dump"}).out, StartsWith("pgbale dump:"));
  EXPECT_EQ(RunWords({"dump", "--help"}).exit_code, 0);
}

TEST(Run, ABenchmarkReplacesNoFile) {
  const TempDir dir;
  const std::string file = dir.Write("b.json", "precious");
  const CommandResult result = RunWords({"bench", "--json", file});
  EXPECT_EQ(result.exit_code, 40);
  EXPECT_THAT(result.err, HasSubstr("b.json"));
  EXPECT_EQ(dir.Read("b.json"), "precious");
}

TEST(Run, UsageErrorsExitWith2AndNameTheHelp) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"dump", "--foo"},
           {"dump", "-a", "-s", "-f", "x"},
           {"dump", "--if-exists", "-f", "x"},
           {"dump", "-d", "a", "b", "-f", "x"},
           {"dump", "--json", "a"},
           {"dump", "-a", "--globals", "-f", "x"},
           {"dump", "-g", "-r", "-f", "x"},
           {"dump", "--all-databases"},
           {"dump", "--all-databases", "-f", "x", "-t", "a"},
           {"dump", "--all-databases", "-f", "x", "--roles-only"},
           {"dump", "--all-databases", "-f", "x", "--overwrite"},
           {"dump", "--exclude-database", "a", "-f", "x"},
           {"restore", "-d", "a", "-a", "--globals", "x.bale"},
           {"restore", "-d", "a", "-t", "a", "--all-databases", "x"},
           {"restore", "x.bale"},
           {"restore", "-d", "a", "-1", "-j", "2", "x.bale"},
           {"restore", "-d", "a", "--section=data", "-s", "x.bale"},
           {"restore", "-d", "a", "-ac", "x.bale"},
           {"bench", "-d", "a", "b"},
           {"bench", "--runs", "0"},
           {"bench", "--plot", "a.pdf"},
           {"bench", "--peer-formats", "t"},
           {"help", "nothing"},
           {"nothing"}}) {
    const CommandResult result = RunWords(words);
    EXPECT_EQ(result.exit_code, 2) << words.back();
    EXPECT_THAT(result.err, HasSubstr("--help\"")) << words.back();
  }
}

TEST(Run, NoServerExitsWith30AndLeavesNoFile) {
  const TempDir dir;
  const CommandResult result =
      RunWords({"dump", "-d", "shop", "-f", dir.File("a.bale")});
  EXPECT_EQ(result.exit_code, 30);
  EXPECT_THAT(result.err, HasSubstr("HINT: Check host (-h) and port (-p)"));
  EXPECT_TRUE(dir.List().empty());
}

TEST(Run, MissingArchiveExitsWith10) {
  for (const char* command : {"list", "verify"})
    EXPECT_EQ(RunWords({command, "/nonexistent.bale"}).exit_code, 10);
  EXPECT_EQ(RunWords({"restore", "-d", "a", "/nonexistent.bale"}).exit_code,
            10);
}

TEST(Run, WhatIsNoBaleIsRefusedWithItsName) {
  const TempDir dir;
  const std::string path = dir.Write("a.txt", "no bale at all");
  for (const char* command : {"list", "verify"}) {
    const CommandResult result = RunWords({command, path});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("this is no bale"));
    EXPECT_THAT(result.err, HasSubstr(path));
  }
}

TEST(Run, OutputIsCheckedBeforeConnecting) {
  const TempDir dir;
  const std::string path = dir.Write("a.bale", "precious");
  const CommandResult exists = RunWords({"dump", "-d", "shop", "-f", path});
  EXPECT_EQ(exists.exit_code, 40);
  EXPECT_THAT(exists.err, HasSubstr("file exists"));
  EXPECT_THAT(exists.err, HasSubstr("--overwrite"));
  EXPECT_EQ(dir.Read("a.bale"), "precious");
  const CommandResult nowhere =
      RunWords({"dump", "-d", "shop", "-f", dir.File("no/such/a.bale")});
  EXPECT_EQ(nowhere.exit_code, 40);
  EXPECT_THAT(nowhere.err, HasSubstr("no/such"));
}

TEST(Run, PasswordInAnArgumentIsWarnedOfAndNeverPrinted) {
  const TempDir dir;
  const CommandResult result =
      RunWords({"dump", "postgresql://me:s3cret@/shop?host=/nonexistent", "-f",
                dir.File("a.bale")});
  EXPECT_EQ(result.exit_code, 30);
  EXPECT_THAT(result.err, HasSubstr("a password on the command line"));
  EXPECT_THAT(result.err + result.out, Not(HasSubstr("s3cret")));
}

TEST(Run, JsonErrorsCarryTheExitCode) {
  const TempDir dir;
  const CommandResult result =
      RunWords({"dump", "-d", "shop", "--json", "-f", dir.File("a.bale")});
  EXPECT_THAT(result.out, StartsWith("{\"type\":\"error\""));
  EXPECT_THAT(result.out, HasSubstr("\"exit_code\":30}"));
}

}  // namespace
}  // namespace pgbale
