// Names that bite, on every kind of object: nothing injected, nothing lost,
// nothing shown raw (tests/fixtures/names.sql).

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/io/file.h"
#include "catalog/kind.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "tests/support/fixtures.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NamesTest : public ServerTest {
 protected:
  TempDir dir_;
  std::string bale_ = dir_.File("names.bale");
};

std::set<std::string> KindsIn(const std::string& bale) {
  std::set<std::string> kinds;
  auto file = OpenFileSource(bale);
  EXPECT_OK(file);
  if (!file.ok()) return kinds;
  const auto archive = ArchiveReader::Open(*std::move(file));
  EXPECT_OK(archive);
  if (!archive.ok()) return kinds;
  for (const Entry& entry : (*archive)->entries()) kinds.insert(entry.kind);
  return kinds;
}

// Kinds of a database of which the fixture has none on this server.
std::set<std::string> KindsWithout(const std::string& bale, int server_major) {
  std::set<std::string> missing;
  for (const Kind* kind : AllKinds())
    if (kind->scope == Scope::kDatabase) missing.emplace(kind->tag);
  for (const std::string& kind : KindsIn(bale)) missing.erase(kind);
  if (server_major < 15) missing.erase("PUBLICATION TABLES IN SCHEMA");
  return missing;
}

// Each line with a control character: a terminal would obey it.
std::string LinesWithControls(const std::string& text) {
  std::string found;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (std::any_of(line.begin(), line.end(),
                    [](unsigned char c) { return c < ' ' || c == 0x7f; }))
      absl::StrAppend(&found, absl::CHexEscape(line), "\n");
  }
  return found;
}

TEST_F(NamesTest, SurviveOnEveryKindOfObject) {
  const TestDatabase source, copy;
  LoadFixture(source, "../names");
  if (HasFailure()) return;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<pg::Connection> connection,
                       source.Connect());
  ASSERT_TRUE(DumpAndVerify(source, bale_, {"-j", "2", "--statistics"}));
  EXPECT_THAT(KindsWithout(bale_, connection->server_major()), IsEmpty());
  ASSERT_TRUE(RestoreInto(copy, bale_, {"-j", "2"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(NamesTest, AreNeverShownRaw) {
  const TestDatabase source;
  LoadFixture(source, "../names");
  if (HasFailure()) return;
  ASSERT_TRUE(DumpAndVerify(source, bale_));
  for (const Words& words :
       {Words{"dump", "-v", "-f", dir_.File("again.bale")},
        Words{"list", bale_}, Words{"list", "--json", bale_},
        Words{"verify", "-v", bale_},
        // All of it stands there: an error for each object.
        Words{"restore", "-v", "--allow-non-empty", "--on-error=continue", "-d",
              source.name(), bale_},
        Words{"restore", "--json", "--allow-non-empty", "--on-error=continue",
              "-d", source.name(), bale_}}) {
    const CommandResult result = RunPgbale(source, words);
    EXPECT_EQ(result.exit_code, words.front() == "restore" ? 3 : 0);
    EXPECT_EQ(LinesWithControls(result.out + result.err), "") << words.front();
    if (words.front() == "restore" || words.front() == "list") {
      EXPECT_THAT(result.out + result.err, HasSubstr("red"));
    }
  }
}

}  // namespace
}  // namespace pgbale
