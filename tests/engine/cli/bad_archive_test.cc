// Archives that are none, or not whole, as the real program meets them.

#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/format/archives.h"
#include "tests/support/command.h"
#include "tests/support/paths.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BadArchiveTest : public ::testing::Test {
 protected:
  static CommandResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), kProgram);
    return RunCommand(words, {{"PGHOST", "/nonexistent"}});
  }
  // Every command that reads archives says `message` and exits with `code`.
  static void ExpectRefused(const std::string& path, int code,
                            const std::string& message) {
    for (const char* command : {"list", "verify", "restore", "salvage"}) {
      std::vector<std::string> words = {command, path};
      if (words[0] == "restore") words.insert(words.end(), {"-d", "x"});
      if (words[0] == "salvage") words.insert(words.end(), {"-f", path + ".n"});
      const CommandResult result = Run(words);
      EXPECT_EQ(result.exit_code, code) << command << ": " << result.err;
      EXPECT_THAT(result.err, HasSubstr(message)) << command;
      EXPECT_THAT(result.err, HasSubstr("HINT: ")) << command;
    }
  }
  // SmallArchive, one octet of whose second chunk is another.
  std::string DamagedArchive() const {
    Buffer archive = format_test::SmallArchive();
    const auto reader = format_test::OpenArchive(archive);
    EXPECT_OK(reader);
    archive[(*reader)->directory().chunks[1].position + 70] ^= 1;
    return dir_.Write("bad.bale", AsText(archive));
  }

  const TempDir dir_;
};

TEST_F(BadArchiveTest, WhatIsNoFileIsRefusedByWhatItIs) {
  ExpectRefused(dir_.path(), 40, "is a directory, not a regular file");
  ASSERT_EQ(mkfifo(dir_.File("fifo").c_str(), 0600), 0);
  ExpectRefused(dir_.File("fifo"), 40, "is a FIFO, not a regular file");
}

TEST_F(BadArchiveTest, TheFormatsOfPgDumpAreNamed) {
  ExpectRefused(dir_.Write("c", "PGDMP\1\17\0"), 1, "pg_dump custom archive");
  ExpectRefused(dir_.Write("p", "--\n-- PostgreSQL database dump\n--\n"), 1,
                "a dump as plain SQL");
  dir_.Write("toc.dat", "PGDMP");
  ExpectRefused(dir_.path(), 1, "a pg_dump directory archive");
}

TEST_F(BadArchiveTest, ANewerFormatIsRefusedAndNotCalledDamaged) {
  std::vector<format_test::RawBlock> blocks =
      format_test::BlocksOf(format_test::SmallArchive());
  blocks[0].payload[0] = 9;
  ExpectRefused(dir_.Write("new.bale", AsText(format_test::Rewrite(blocks))), 1,
                "it is in version 9.0 of the format");
}

TEST_F(BadArchiveTest, AnEmptyFileIsIncomplete) {
  const std::string empty = dir_.Write("empty", "");
  for (const char* command : {"list", "verify"}) {
    const CommandResult result = Run({command, empty});
    EXPECT_EQ(result.exit_code, 21);
    EXPECT_THAT(result.err, HasSubstr("it is empty"));
  }
}

TEST_F(BadArchiveTest, SalvageListsWhatIsLostAndExitsWith3) {
  const std::string path = dir_.File("new.bale");
  const CommandResult result = Run({"salvage", DamagedArchive(), "-f", path});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("bad: "),
                    HasSubstr("lost: table \"public.b\": rows 1 to 2; "),
                    HasSubstr("incomplete: table \"public.b\"\n"),
                    HasSubstr("salvaged 3 entries, 2 chunks, 4 rows, ")));
  EXPECT_EQ(Run({"verify", path}).exit_code, 0);
  EXPECT_THAT(Run({"list", path}).out,
              AllOf(HasSubstr("from a damaged archive"),
                    HasSubstr("INCOMPLETE, rows missing: 2\n")));
  EXPECT_THAT(Run({"list", "--json", path}).out,
              HasSubstr("\"incomplete\":1,\"rows_missing\":2"));
}

TEST_F(BadArchiveTest, SalvageTellsProgramsWhatIsLost) {
  const CommandResult result =
      Run({"salvage", "--json", DamagedArchive(), "-f", dir_.File("new.bale")});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"whole\":0"),
                                HasSubstr("\"incomplete\":[\"table ")));
}

TEST_F(BadArchiveTest, OfAWholeArchiveNothingIsSalvaged) {
  const std::string whole =
      dir_.Write("a.bale", AsText(format_test::SmallArchive()));
  const CommandResult result =
      Run({"salvage", whole, "-f", dir_.File("new.bale")});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("whole: "));
  EXPECT_THAT(dir_.List(), ElementsAre("a.bale"));
}

TEST_F(BadArchiveTest, SalvageReplacesNothingUnlessItIsTold) {
  const std::string bad = DamagedArchive();
  const std::string there = dir_.Write("there", "precious");
  EXPECT_EQ(Run({"salvage", bad, "-f", there}).exit_code, 40);
  EXPECT_EQ(dir_.Read("there"), "precious");
  EXPECT_EQ(Run({"salvage", bad, "-f", there, "--overwrite"}).exit_code, 3);
  EXPECT_EQ(Run({"verify", there}).exit_code, 0);
  EXPECT_EQ(Run({"salvage", bad}).exit_code, 2);
}

TEST_F(BadArchiveTest, OfWhatHasNoEntryNothingCanBeHad) {
  const Buffer archive = format_test::SmallArchive();
  const std::string cut =
      dir_.Write("cut.bale", AsText(archive).substr(0, 150));
  const CommandResult result = Run({"salvage", cut, "-f", dir_.File("n")});
  EXPECT_EQ(result.exit_code, 20);
  EXPECT_THAT(result.err, HasSubstr("no entry is whole"));
  EXPECT_THAT(dir_.List(), ElementsAre("cut.bale"));
}

}  // namespace
}  // namespace pgbale
