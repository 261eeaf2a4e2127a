#include "engine/inspect/row_groups.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/restore/entries.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using ::testing::ElementsAre;

class RowGroupsTest : public ::testing::Test {
 protected:
  RowGroupsTest() {
    archive_.Table("root");
    for (const char* table : {"one", "two", "plain"}) {
      archive_.Table(table);
      archive_.Data(table, {4, 4}, {});
    }
    archive_.Attach("root", "one");
    archive_.Attach("root", "two");
    live_ = {{{"public", "one"}, {"public", "root"}},
             {{"public", "two"}, {"public", "root"}}};
  }

  // "root: one two", by what is selected; nothing: all.
  std::vector<std::string> Groups(const std::vector<std::string>& tables = {},
                                  bool via_root = false) {
    absl::flat_hash_set<uint32_t> selected;
    for (const std::string table : {"one", "two", "plain"})
      if (tables.empty() ||
          std::find(tables.begin(), tables.end(), table) != tables.end())
        selected.insert(archive_.RowsOf(table));
    std::vector<std::string> texts;
    for (const RowGroup& group :
         GroupRows(archive_.entries(), selected, live_, via_root)) {
      std::string text =
          group.root.has_value() ? absl::StrCat(group.root->second, ":") : "";
      for (const Entry* entry : group.entries)
        absl::StrAppend(&text, text.empty() ? "" : " ", entry->name);
      texts.push_back(text);
    }
    return texts;
  }

  Archive archive_;
  std::map<TableName, TableName> live_;
};

TEST_F(RowGroupsTest, PartitionsAreComparedOneByOne) {
  EXPECT_THAT(Groups(), ElementsAre("one", "two", "plain"));
}

TEST_F(RowGroupsTest, WhatGoesThroughARootIsComparedWithAllOfIt) {
  archive_.GoThrough("root", "two");
  EXPECT_THAT(Groups(), ElementsAre("root: one two", "plain"));
  EXPECT_THAT(Groups({"two"}), ElementsAre("root: one two"));
  EXPECT_THAT(Groups({"plain"}), ElementsAre("plain"));
}

TEST_F(RowGroupsTest, AllRootsAreComparedAsAWholeIfAskedFor) {
  EXPECT_THAT(Groups({}, true), ElementsAre("root: one two", "plain"));
}

TEST_F(RowGroupsTest, WithoutAPartitionTheOthersAreComparedOneByOne) {
  archive_.GoThrough("root", "one");
  archive_.GoThrough("root", "two");
  live_[{"public", "more"}] = {"public", "root"};
  EXPECT_THAT(Groups(), ElementsAre("one", "two", "plain"));
  EXPECT_THAT(Groups({}, true), ElementsAre("root: one two", "plain"));
}

TEST_F(RowGroupsTest, WithoutTheRootTheOthersAreComparedOneByOne) {
  archive_.GoThrough("root", "one");
  live_.clear();
  EXPECT_THAT(Groups({}, true), ElementsAre("one", "two", "plain"));
}

// Of rows alone, the database knows what the archive does not.
TEST_F(RowGroupsTest, TheDatabaseTellsRootsToo) {
  Archive rows;
  rows.Table("elsewhere");
  for (const char* table : {"one", "two", "plain"}) {
    rows.Data("elsewhere", {4}, {}).name = table;
    rows.At(static_cast<uint32_t>(rows.entries().size())).parent = 0;
  }
  absl::flat_hash_set<uint32_t> selected = {2, 3, 4};
  const auto groups = GroupRows(rows.entries(), selected, live_, true);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].entries.size(), 2u);
}

TEST_F(RowGroupsTest, OtherOrdersOfColumnsAreNotAlike) {
  archive_.GoThrough("root", "one");
  archive_.GoThrough("root", "two");
  const auto alike = [&] {
    return GroupRows(archive_.entries(), {archive_.RowsOf("one")}, live_, false)
        .at(0)
        .Alike();
  };
  EXPECT_TRUE(alike());
  std::vector<DataColumn>& columns =
      archive_.At(archive_.RowsOf("two")).data->columns;
  std::swap(columns[0], columns[1]);
  EXPECT_FALSE(alike());
}

}  // namespace
}  // namespace pgbale
