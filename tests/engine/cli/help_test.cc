#include "engine/cli/help.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

std::string ReadManual() {
  std::ifstream in(absl::StrCat(kSourceDir, "/docs/cli.md"));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(Help, NamesEveryOptionOfItsCommandAndNoOther) {
  for (const Command* command : AllCommands()) {
    const std::string help = HelpFor(*command);
    for (const OptionSpec& option : AllOptions()) {
      if ((option.commands & command->id) == 0) continue;
      if (option.help == nullptr) continue;
      EXPECT_THAT(help, HasSubstr(absl::StrCat("--", option.name)))
          << command->name;
    }
  }
  EXPECT_THAT(HelpFor(kListCommand), Not(HasSubstr("--jobs")));
}

TEST(Help, FitsATerminal) {
  std::string all = Overview();
  for (const Command* command : AllCommands())
    absl::StrAppend(&all, HelpFor(*command));
  for (absl::string_view line : absl::StrSplit(all, '\n'))
    EXPECT_LE(line.size(), 80u) << line;
}

TEST(Help, OverviewNamesEveryCommand) {
  for (const Command* command : AllCommands())
    EXPECT_THAT(Overview(), HasSubstr(std::string(command->name)));
}

TEST(Help, IsInTheManualWordForWord) {
  const std::string manual = ReadManual();
  EXPECT_THAT(manual, HasSubstr(Overview()));
  for (const Command* command : AllCommands())
    EXPECT_THAT(manual, HasSubstr(HelpFor(*command)));
}

TEST(Options, NoTwoOfACommandShareANameOrALetter) {
  for (const Command* command : AllCommands()) {
    std::set<std::string> names;
    std::set<char> letters;
    for (const OptionSpec& option : AllOptions()) {
      if ((option.commands & command->id) == 0) continue;
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      if (option.letter != 0) {
        EXPECT_TRUE(letters.insert(option.letter).second) << option.name;
      }
    }
  }
}

}  // namespace
}  // namespace pgbale
