// The list of an archive, edited, and restored from.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

class UseListTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(R"(
      CREATE TABLE one (a integer PRIMARY KEY, b text);
      CREATE TABLE two (a integer REFERENCES one, b text);
      CREATE INDEX two_b ON two (b);
      COMMENT ON TABLE two IS 'the second';
      INSERT INTO one SELECT i, 'x' || i FROM generate_series(1, 100) AS i;
      INSERT INTO two SELECT i, 'y' || i FROM generate_series(1, 100) AS i;
    )");
    ASSERT_TRUE(DumpAndVerify(source_, bale()));
  }

  std::string bale() const { return dir_.File("a.bale"); }
  // The lines of the list without those that contain `left_out`.
  std::string ListWithout(const std::string& left_out) const {
    const CommandResult list = RunPgbale(source_, {"restore", "-l", bale()});
    EXPECT_EQ(list.exit_code, 0) << list.err;
    std::vector<std::string> lines = absl::StrSplit(list.out, '\n');
    std::erase_if(lines, [&](const std::string& line) {
      return absl::StrContains(line, left_out);
    });
    return absl::StrJoin(lines, "\n");
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

TEST_F(UseListTest, TheWholeListIsTheWholeArchive) {
  const std::string list = dir_.Write("list", ListWithout("nothing"));
  EXPECT_TRUE(RestoreInto(target_, bale(), {"-j", "2", "-L", list}));
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

TEST_F(UseListTest, WhatIsTakenOutIsNotRestored) {
  const std::string list =
      dir_.Write("list", ListWithout("TABLE DATA public two"));
  EXPECT_TRUE(RestoreInto(target_, bale(), {"-L", list}));
  EXPECT_EQ(target_.Query("SELECT count(*) FROM one"), "100");
  EXPECT_EQ(target_.Query("SELECT count(*) FROM two"), "0");
  EXPECT_EQ(target_.Query("SELECT to_regclass('two_b')"), "two_b");
}

TEST_F(UseListTest, TheOrderIsThatOfTheList) {
  const CommandResult list =
      RunPgbale(source_, {"restore", "-l", "-t", "two", bale()});
  std::vector<std::string> lines = absl::StrSplit(list.out, '\n');
  std::reverse(lines.begin(), lines.end());
  const std::string file = dir_.Write("list", absl::StrJoin(lines, "\n"));
  // The comment now stands before its table.
  const CommandResult result =
      RunPgbale(target_, {"restore", "-d", target_.name(), "-L", file, bale()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("comment"));
  EXPECT_THAT(result.err, HasSubstr("does not exist"));
}

TEST_F(UseListTest, ListsOfOtherArchivesAreRefusedBeforeAnythingIsWritten) {
  const std::string list =
      dir_.Write("list", "1; 0 0 TABLE\n4711; 0 0 TABLE public t me\n");
  const CommandResult result =
      RunPgbale(target_, {"restore", "-d", target_.name(), "-L", list, bale()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("line 2: the archive has no entry 4711"));
  EXPECT_THAT(result.err, HasSubstr("HINT: "));
  EXPECT_EQ(RunPgbale(target_, {"restore", "-d", target_.name(), "-L",
                                dir_.File("no"), bale()})
                .exit_code,
            10);
}

TEST_F(UseListTest, ListAndRestorePrintTheSame) {
  const CommandResult all = RunPgbale(source_, {"list", "-l", bale()});
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_THAT(all.out, HasSubstr(" TABLE public one "));
  EXPECT_EQ(RunPgbale(source_, {"list", "-l", "--json", bale()}).exit_code, 2);
}

TEST_F(UseListTest, APipeIsVerified) {
  for (const std::string filter : {"cat", "head -c 2000"}) {
    const CommandResult result = RunCommand(
        {"sh", "-c",
         absl::StrCat("\"$0\" dump -f - | ", filter, " | \"$0\" verify -"),
         kProgram},
        source_.environment());
    EXPECT_EQ(result.exit_code, filter == "cat" ? 0 : 21) << result.err;
    EXPECT_THAT(filter == "cat" ? result.out : result.err,
                HasSubstr(filter == "cat" ? "whole: " : "standard input"));
  }
}

}  // namespace
}  // namespace pgbale
