#include "restore/journal_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/random.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::map<std::string, std::string> kFacts = {
    {"database", "a \"b\"\nc"}, {"empty", ""}, {"server", "123"}};

TEST(JournalText, HeadComesBackWithItsStates) {
  ASSERT_OK_AND_ASSIGN(const JournalHead head,
                       ParseJournalHead(absl::StrCat(
                           JournalHeadText(kFacts), JournalStateText("begun"),
                           JournalStateText("ended"))));
  EXPECT_EQ(head.facts, kFacts);
  EXPECT_THAT(head.states, ElementsAre("begun", "ended"));
}

TEST(JournalText, TornStateCountsAsNotWritten) {
  const std::string text = JournalHeadText(kFacts);
  const std::string state = JournalStateText("begun");
  for (size_t octets = 0; octets < state.size(); ++octets) {
    ASSERT_OK_AND_ASSIGN(
        const JournalHead head,
        ParseJournalHead(absl::StrCat(text, state.substr(0, octets))));
    EXPECT_THAT(head.states, IsEmpty()) << octets;
  }
}

TEST(JournalText, EveryCutOfTheHeadIsDamage) {
  const std::string text = JournalHeadText(kFacts);
  for (size_t octets = 0; octets < text.size(); ++octets)
    EXPECT_THAT(ParseJournalHead(text.substr(0, octets)),
                FailsWith(Failure::kDamaged))
        << octets;
}

TEST(JournalText, EveryFlippedBitIsDamage) {
  const std::string text =
      absl::StrCat(JournalHeadText(kFacts), JournalStateText("begun"));
  // The last octet ends the last line: without it that is torn.
  for (size_t bit = 0; bit < (text.size() - 1) * 8; ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(ParseJournalHead(changed), FailsWith(Failure::kDamaged)) << bit;
  }
}

TEST(JournalText, LinesThatAreMissingOrTwiceAreDamage) {
  const std::string text = JournalHeadText(kFacts);
  const size_t second = text.find('\n') + 1;
  const size_t third = text.find('\n', second) + 1;
  const std::string line = text.substr(second, third - second);
  EXPECT_THAT(ParseJournalHead(absl::StrCat(text.substr(0, second), line, line,
                                            text.substr(third))),
              FailsWith(Failure::kDamaged));
  EXPECT_THAT(ParseJournalHead(text.substr(second)),
              FailsWith(Failure::kDamaged));
}

TEST(JournalText, OneOfALaterVersionIsNotRead) {
  std::string text = JournalHeadText(kFacts);
  text.replace(0, text.find('\n') + 1,
               JournalStateText("pgbale restore journal 2"));
  EXPECT_THAT(ParseJournalHead(text),
              AllOf(FailsWith(Failure::kError),
                    StatusMessageHas("by a later version of pgbale")));
}

TEST(JournalText, RecordsComeBackInTheOrderOfTheirNumbers) {
  const WorkRecord made = {WorkKind::kMade, {{1}, {2}, {3}, {7}}};
  const WorkRecord rows = {WorkKind::kRows, {{5, 0, 3}, {5, 7, 7}, {6, 0, 0}}};
  const WorkRecord step = {WorkKind::kStep, {{9, 1, 1}}};
  ASSERT_OK_AND_ASSIGN(const std::vector<NumberedRecord> records,
                       ParseWorkRecords(absl::StrCat(
                           std::string(3, '\0'), WorkRecordLine(12, step),
                           WorkRecordLine(3, made), std::string(1, '\0'),
                           WorkRecordLine(4, rows), std::string(2, '\0'))));
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].record, made);
  EXPECT_EQ(records[1].record, rows);
  EXPECT_EQ(records[2].record, step);
  EXPECT_EQ(records[2].number, 12u);
}

TEST(JournalText, EntriesComeBackHoweverManyAreInARow) {
  WorkRecord made = {WorkKind::kMade, {}};
  // Rows of one, two, three, ….
  for (uint32_t row = 1, id = 1; row < 10; ++row, ++id)
    for (uint32_t i = 0; i < row; ++i) made.units.push_back({id++});
  ASSERT_OK_AND_ASSIGN(const std::vector<NumberedRecord> records,
                       ParseWorkRecords(WorkRecordLine(1, made)));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].record, made);
}

TEST(JournalText, EntriesInARowTakeLittleRoom) {
  WorkRecord made;
  for (uint32_t id = 5; id < 1000; ++id) made.units.push_back({id});
  EXPECT_EQ(WorkRecordLine(1, made).substr(0, 11), "1 c 5-999 #");
}

// Sealed as records are.
TEST(JournalText, LinesThatSayNothingSensibleAreDamage) {
  EXPECT_OK(ParseWorkRecords(JournalStateText("1 c 268435455")));
  EXPECT_OK(ParseWorkRecords(JournalStateText("1 r 5:7-1099511627775")));
  for (const char* line : {"",
                           "1",
                           "1 c",
                           "1 c 5 6",
                           "x c 5",
                           "1 x 5",
                           "1 cd 5",
                           "1  5",
                           "1 c ",
                           "1 c x",
                           "1 c 6-5",
                           "1 c 5-6-7",
                           "1 c 268435456",
                           "1 c 1-268435456",
                           "1 c 5:0-1",
                           "1 r 5",
                           "1 r 5:",
                           "1 r x:0-1",
                           "1 r 5:1-0",
                           "1 r 5:0-1:2",
                           "1 r 5:0-1099511627776",
                           "1 r 5:0-1,",
                           "-1 c 5"})
    EXPECT_THAT(ParseWorkRecords(JournalStateText(line)),
                FailsWith(Failure::kDamaged))
        << line;
}

TEST(JournalText, NothingIsNoRecord) {
  ASSERT_OK_AND_ASSIGN(const auto records, ParseWorkRecords(""));
  EXPECT_THAT(records, IsEmpty());
}

TEST(JournalText, ChangedNotesAreDamage) {
  Random random;
  const std::string text =
      absl::StrCat(WorkRecordLine(3, {WorkKind::kMade, {{1}, {2}}}),
                   WorkRecordLine(4, {WorkKind::kRows, {{5, 0, 3}}}));
  for (int i = 0; i < 1000; ++i) {
    std::string changed = text;
    const size_t at = random.Below(text.size());
    changed[at] = static_cast<char>(changed[at] ^ (1 << random.Below(8)));
    EXPECT_THAT(ParseWorkRecords(changed), FailsWith(Failure::kDamaged));
    const size_t second = text.find('\n') + 1;
    if (at == 0 || at == second) continue;
    EXPECT_THAT(ParseWorkRecords(text.substr(0, at)),
                FailsWith(Failure::kDamaged));
  }
}

}  // namespace
}  // namespace pgbale
