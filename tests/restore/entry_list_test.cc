#include "restore/entry_list.h"

#include "restore/selection.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Entry MakeEntry(uint32_t id, const std::string& kind, const std::string& name) {
  Entry entry;
  entry.id = id;
  entry.kind = kind;
  entry.schema = "public";
  entry.name = name;
  entry.owner = "alice";
  return entry;
}

std::vector<Entry> ThreeEntries() {
  std::vector<Entry> entries = {MakeEntry(1, "TABLE", "t"),
                                MakeEntry(2, "TABLE", "u\nx; y"),
                                MakeEntry(3, "TRIGGER", "tr")};
  entries[2].relation = "t";
  entries[2].owner = "";
  return entries;
}

std::string ListOf(const std::vector<Entry>& entries) {
  std::vector<const Entry*> pointers;
  for (const Entry& entry : entries) pointers.push_back(&entry);
  return EntryListText(ArchiveInfo(), entries.size(), pointers);
}

TEST(EntryList, HasTheFormOfPgRestore) {
  const std::string text = ListOf(ThreeEntries());
  EXPECT_THAT(text, HasSubstr("\n1; 0 0 TABLE public t alice\n"));
  EXPECT_THAT(text, HasSubstr("\n3; 0 0 TRIGGER public t tr -\n"));
  EXPECT_THAT(text, HasSubstr(";     TOC Entries: 3\n"));
}

TEST(EntryList, WhatIsPrintedIsUnderstood) {
  ASSERT_OK_AND_ASSIGN(const auto ids,
                       ParseEntryList(ListOf(ThreeEntries()), "list", 3));
  EXPECT_THAT(ids, ElementsAre(1, 2, 3));
}

TEST(EntryList, LinesCanBeMovedLeftOutAndRepeated) {
  ASSERT_OK_AND_ASSIGN(const auto ids,
                       ParseEntryList("3; x\r\n;1; y\n  2\n\n3;\n", "list", 3));
  EXPECT_THAT(ids, ElementsAre(3, 2));
}

TEST(EntryList, WhatIsNoEntryIsNamedWithItsLine) {
  EXPECT_THAT(ParseEntryList("1;\nx;\n", "my.list", 3),
              StatusMessageHas("\"my.list\": line 2: no number but \"x\""));
  EXPECT_THAT(ParseEntryList("4; TABLE", "my.list", 3),
              StatusMessageHas("line 1: the archive has no entry 4"));
  EXPECT_THAT(ParseEntryList("99999999999999999999;", "l", 3),
              FailsWith(Failure::kError));
  EXPECT_THAT(ParseEntryList(";1\n", "my.list", 3),
              StatusMessageHas("no entry is listed"));
}

TEST(EntryList, SelectsAndOrders) {
  const std::vector<Entry> entries = ThreeEntries();
  RestoreOptions options;
  options.listed = {{3, 1}};
  ASSERT_OK_AND_ASSIGN(const Selection selection,
                       SelectEntries(entries, options));
  EXPECT_THAT(selection.entries, ElementsAre(&entries[2], &entries[0]));
}

TEST(EntryList, CountsTogetherWithOtherOptions) {
  const std::vector<Entry> entries = ThreeEntries();
  RestoreOptions options;
  options.listed = {{3, 1}};
  options.exclude_schemas = {"public"};
  ASSERT_OK_AND_ASSIGN(const Selection selection,
                       SelectEntries(entries, options));
  EXPECT_THAT(selection.entries, ElementsAre());
}

}  // namespace
}  // namespace pgbale
