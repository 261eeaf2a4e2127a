#include "restore/journal.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;

constexpr auto kAnyOid = [](uint32_t) { return true; };

TEST(Journal, FactsComeBackAndThoseOfItsOwnDiffer) {
  const TempDir dir;
  std::string notes, id;
  {
    ASSERT_OK_AND_ASSIGN(
        const auto journal,
        Journal::Begin(dir.File("j"), {{"database", "a b\n"}}, kAnyOid));
    EXPECT_FALSE(journal->begun() || journal->ended());
    notes = journal->Fact("notes");
    id = journal->Fact("id");
  }
  {
    ASSERT_OK_AND_ASSIGN(const auto journal, Journal::Reopen(dir.File("j")));
    EXPECT_EQ(journal->Fact("database"), "a b\n");
    EXPECT_EQ(journal->Fact("notes"), notes);
    EXPECT_EQ(journal->Fact("id"), id);
    EXPECT_EQ(journal->Fact("none"), "");
    EXPECT_FALSE(journal->begun() || journal->ended() || journal->recalled());
    EXPECT_THAT(Journal::Reopen(dir.File("j")), FailsWith(Failure::kLocked));
  }
  ASSERT_OK_AND_ASSIGN(const auto other,
                       Journal::Begin(dir.File("k"), {}, kAnyOid));
  EXPECT_NE(other->Fact("id"), id);
  EXPECT_NE(other->SessionStatement(), "");
}

TEST(Journal, StatesComeBack) {
  const TempDir dir;
  const std::string head = JournalHeadText({{"notes", "4278190081"}});
  dir.Write("begun", absl::StrCat(head, JournalStateText("begun")));
  dir.Write("ended", absl::StrCat(head, JournalStateText("begun"),
                                  JournalStateText("ended")));
  ASSERT_OK_AND_ASSIGN(const auto begun, Journal::Reopen(dir.File("begun")));
  EXPECT_TRUE(begun->begun());
  EXPECT_FALSE(begun->ended());
  ASSERT_OK_AND_ASSIGN(const auto ended, Journal::Reopen(dir.File("ended")));
  EXPECT_TRUE(ended->begun());
  EXPECT_TRUE(ended->ended());
}

TEST(Journal, OneThatDoesNotNameItsNotesIsDamaged) {
  const TempDir dir;
  for (const char* notes : {"", "0", "x", "4294967296", "-1"}) {
    dir.Write("j", JournalHeadText({{"notes", notes}}));
    EXPECT_THAT(Journal::Reopen(dir.File("j")),
                AllOf(FailsWith(Failure::kDamaged),
                      StatusMessageHas("does not name its notes")))
        << notes;
  }
}

TEST(Journal, DamageIsSaidWithTheFile) {
  const TempDir dir;
  dir.Write("j", "half a li");
  EXPECT_THAT(
      Journal::Reopen(dir.File("j")),
      AllOf(FailsWith(Failure::kDamaged), StatusMessageHas(dir.File("j"))));
}

// Far above those that the server gives.
TEST(Journal, NotesHaveAHighOid) {
  const TempDir dir;
  for (int i = 0; i < 100; ++i) {
    ASSERT_OK(Journal::Begin(dir.File("j"), {}, [](uint32_t oid) {
      EXPECT_GE(oid, 0xff000000u);
      return true;
    }));
  }
}

TEST(Journal, NotesHaveAnOidThatIsFree) {
  const TempDir dir;
  std::vector<uint32_t> tried;
  ASSERT_OK_AND_ASSIGN(const auto journal,
                       Journal::Begin(dir.File("j"), {}, [&](uint32_t oid) {
                         tried.push_back(oid);
                         return tried.size() == 3;
                       }));
  ASSERT_EQ(tried.size(), 3u);
  EXPECT_EQ(journal->Fact("notes"), absl::StrCat(tried.back()));
}

}  // namespace
}  // namespace pgbale
