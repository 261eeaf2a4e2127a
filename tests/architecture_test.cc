// The floors hold: every include of every source file is allowed by the
// tables in docs/architecture.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/support/paths.h"

namespace pgbale {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = kSourceDir;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The first two cells of each row of the table whose head begins with `head`.
std::map<std::string, std::string> ReadTable(const std::string& head) {
  std::map<std::string, std::string> rows;
  bool inside = false;
  const std::string page = ReadFile(kRoot / "docs/architecture.md");
  for (absl::string_view line : absl::StrSplit(page, '\n')) {
    if (absl::StartsWith(line, "| " + head + " |")) {
      inside = true;
    } else if (inside && !absl::StartsWith(line, "|")) {
      break;
    } else if (inside && !absl::StartsWith(line, "|--")) {
      std::vector<std::string> cells = absl::StrSplit(line, '|');
      rows[std::string(absl::StripAsciiWhitespace(cells[1]))] =
          std::string(absl::StripAsciiWhitespace(cells[2]));
    }
  }
  return rows;
}

std::vector<fs::path> SourcesOf(const std::string& floor) {
  std::vector<fs::path> files;
  for (const auto& item : fs::recursive_directory_iterator(kRoot / floor)) {
    const std::string extension = item.path().extension();
    if (extension == ".h" || extension == ".cc") files.push_back(item.path());
  }
  return files;
}

// What stands between the quotes or brackets of each #include.
std::vector<std::string> IncludesOf(const fs::path& file) {
  std::vector<std::string> includes;
  const std::string text = ReadFile(file);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::ConsumePrefix(&line, "#include ") || line.size() < 2) continue;
    line.remove_prefix(1);
    includes.emplace_back(line.substr(0, line.find_first_of("\">")));
  }
  return includes;
}

bool Allowed(const std::string& include, const std::string& permitted) {
  for (absl::string_view one : absl::StrSplit(permitted, ' ')) {
    if (include == one || absl::StartsWith(include, std::string(one) + "/"))
      return true;
  }
  return false;
}

TEST(Architecture, NoIncludeClimbsToAHigherFloor) {
  const auto floors = ReadTable("floor");
  ASSERT_EQ(floors.size(), 5u);
  for (const auto& [floor, permitted] : floors) {
    const std::vector<fs::path> files = SourcesOf(floor);
    EXPECT_FALSE(files.empty()) << floor;
    for (const fs::path& file : files) {
      for (const std::string& include : IncludesOf(file)) {
        const std::string top = include.substr(0, include.find('/'));
        if (floors.count(top) == 0) continue;
        EXPECT_TRUE(Allowed(include, permitted))
            << file << " includes " << include;
      }
    }
  }
}

TEST(Architecture, EachThirdPartyHeaderStaysInItsHome) {
  const auto homes = ReadTable("header");
  ASSERT_GE(homes.size(), 4u);
  for (const auto& [floor, _] : ReadTable("floor")) {
    for (const fs::path& file : SourcesOf(floor)) {
      const std::string name = fs::relative(file, kRoot);
      for (const std::string& include : IncludesOf(file)) {
        for (const auto& [header, home] : homes) {
          if (!absl::StartsWith(include, header)) continue;
          EXPECT_TRUE(absl::StartsWith(name, home))
              << name << " includes " << include;
        }
      }
    }
  }
}

// Two classes of one name in one namespace link, and then share destructors.
TEST(Architecture, NoTwoHeadersDefineOneClass) {
  std::map<std::string, fs::path> homes;
  for (const auto& [floor, _] : ReadTable("floor")) {
    for (const fs::path& file : SourcesOf(floor)) {
      if (file.extension() != ".h") continue;
      const std::string text = ReadFile(file);
      for (absl::string_view line : absl::StrSplit(text, '\n')) {
        if (!absl::ConsumePrefix(&line, "class ") &&
            !absl::ConsumePrefix(&line, "struct ")) {
          continue;
        }
        if (!absl::EndsWith(line, "{")) continue;
        const std::string name(line.substr(0, line.find_first_of(" :")));
        const auto [home, added] = homes.emplace(name, file);
        EXPECT_TRUE(added) << name << " in " << file << " and " << home->second;
      }
    }
  }
  EXPECT_GT(homes.size(), 50u);
}

TEST(Architecture, EveryKindHasAFileAndAFixture) {
  const std::string registry = ReadFile(kRoot / "catalog/kinds.def");
  int kinds = 0;
  for (absl::string_view line : absl::StrSplit(registry, '\n')) {
    if (!absl::ConsumePrefix(&line, "KIND(")) continue;
    std::string snake;
    for (char c : line.substr(0, line.find(')'))) {
      if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !snake.empty())
        snake += '_';
      snake += absl::ascii_tolower(static_cast<unsigned char>(c));
    }
    ++kinds;
    EXPECT_TRUE(fs::exists(kRoot / "catalog/kinds" / (snake + ".cc"))) << snake;
    const fs::path fixture = snake + ".sql";
    EXPECT_TRUE(fs::exists(kRoot / "tests/fixtures/kinds" / fixture) ||
                fs::exists(kRoot / "tests/fixtures/server" / fixture))
        << snake;
  }
  EXPECT_GT(kinds, 30);
}

TEST(Architecture, NoFileIsLongerThan800Lines) {
  for (const auto& [floor, _] : ReadTable("floor")) {
    for (const fs::path& file : SourcesOf(floor)) {
      const std::string text = ReadFile(file);
      EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 800) << file;
    }
  }
}

}  // namespace
}  // namespace pgbale
