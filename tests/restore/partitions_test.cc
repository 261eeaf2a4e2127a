#include "restore/partitions.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/restore/entries.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using restore_test::Archive;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// root: middle: leaf; root: other
class PartitionsTest : public ::testing::Test {
 protected:
  PartitionsTest() {
    archive_.Table("plain");
    archive_.Data("plain", {4}, {});
    archive_.Table("root");
    archive_.Table("middle");
    archive_.Attach("root", "middle");
    archive_.Table("leaf");
    archive_.Attach("middle", "leaf");
    archive_.Data("leaf", {4}, {});
    archive_.Table("other");
    archive_.Attach("root", "other");
    archive_.Data("other", {4}, {});
  }

  // "leaf > root": rows of leaf go through root; "leaf = leaf": into leaf.
  std::vector<std::string> Routes(bool via_root = false) {
    auto selection = SelectEntries(archive_.entries(), options_);
    EXPECT_OK(selection);
    std::vector<std::string> routes;
    for (const RowRoute& route :
         RoutesOfRows(archive_.entries(), *selection, via_root))
      routes.push_back(absl::StrCat(archive_.At(route.data_entry).name,
                                    route.via_root ? " > " : " = ",
                                    archive_.At(route.table).name));
    return routes;
  }

  Archive archive_;
  RestoreOptions options_;
};

TEST_F(PartitionsTest, RowsGoWhereTheArchiveSays) {
  EXPECT_THAT(Routes(), IsEmpty());
  archive_.GoThrough("root", "leaf");
  EXPECT_THAT(Routes(), IsEmpty());
}

TEST_F(PartitionsTest, AllGoThroughTheOutermostTableIfAskedTo) {
  EXPECT_THAT(Routes(true), ElementsAre("leaf > root", "other > root"));
  archive_.GoThrough("root", "leaf");
  EXPECT_THAT(Routes(true), ElementsAre("other > root"));
}

TEST_F(PartitionsTest, RowsAloneGoThroughTheRootThatStands) {
  options_.pre_data = options_.post_data = false;
  EXPECT_THAT(Routes(true), ElementsAre("leaf > root", "other > root"));
  archive_.GoThrough("root", "leaf");
  archive_.GoThrough("root", "other");
  EXPECT_THAT(Routes(), IsEmpty());
}

TEST_F(PartitionsTest, RowsOfAPartitionThatIsNotAttachedStayInIt) {
  archive_.GoThrough("root", "leaf");
  options_.tables = {"leaf"};
  // As TABLE entries of partitions do.
  for (const auto& [partition, table] :
       {std::pair("leaf", "middle"), std::pair("middle", "root")})
    archive_.At(archive_.IdOf(partition)).depends = {archive_.IdOf(table)};
  EXPECT_THAT(Routes(), IsEmpty());
  options_.dependencies = false;
  EXPECT_THAT(Routes(), ElementsAre("leaf = leaf"));
  EXPECT_THAT(Routes(true), ElementsAre("leaf = leaf", "other > root"));
}

// An archive of a part, of which the root is none.
TEST_F(PartitionsTest, WhatIsAttachedToNothingIsTheRoot) {
  Archive part;
  part.Table("middle");
  part.Table("leaf");
  part.Attach("middle", "leaf");
  part.Data("leaf", {4}, {});
  part.GoThrough("root", "leaf");
  archive_ = part;
  EXPECT_THAT(Routes(), ElementsAre("leaf > middle"));
  // Of one that stands, the archive knows more than what is in it.
  options_.pre_data = options_.post_data = false;
  EXPECT_THAT(Routes(), IsEmpty());
}

TEST_F(PartitionsTest, APartitionIsAttachedToTheOtherTableThatIsLocked) {
  Entry& attach = archive_.At(archive_.IdOf("attach leaf"));
  attach.locks = {archive_.IdOf("middle"), archive_.IdOf("leaf")};
  EXPECT_THAT(Routes(true), ElementsAre("leaf > root", "other > root"));
}

// Nor do indexes of partitions, which are attached behind the rows.
TEST_F(PartitionsTest, ForeignKeysAttachNothing) {
  archive_.Key("root", "root_key");
  archive_.ForeignKey("plain", "plain_root", "root_key");
  EXPECT_THAT(Routes(true), ElementsAre("leaf > root", "other > root"));
}

// As of a table that moves to another schema.
TEST_F(PartitionsTest, ARootOfAnotherSchemaIsAnother) {
  archive_.GoThrough("root", "leaf");
  archive_.At(archive_.RowsOf("leaf")).data->schema = "attic";
  EXPECT_THAT(Routes(true), ElementsAre("leaf > root", "other > root"));
}

TEST_F(PartitionsTest, LargeObjectsGoThroughNothing) {
  archive_.At(archive_.RowsOf("leaf")).data->target = DataTarget::kLargeObjects;
  EXPECT_THAT(Routes(true), ElementsAre("other > root"));
}

TEST_F(PartitionsTest, CirclesEnd) {
  archive_.Attach("leaf", "root");
  EXPECT_EQ(
      WithAncestors(FindAttachments(archive_.entries()), archive_.IdOf("leaf"))
          .size(),
      5u);
}

TEST_F(PartitionsTest, StatisticsOfWhatIsFilledThroughItsRootStayOut) {
  for (const char* table : {"leaf", "other", "root"}) {
    archive_.Index(table, absl::StrCat(table, "_index"));
    for (const std::string& of :
         {std::string(table), absl::StrCat(table, "_index")})
      archive_.Part(of, absl::StrCat("knowledge of ", of), Section::kPostData)
          .aspect = Aspect::kStatistics;
  }
  archive_.GoThrough("root", "leaf");
  auto selection = SelectEntries(archive_.entries(), options_);
  ASSERT_OK(selection);
  EXPECT_EQ(LeaveOutStatisticsOfPartitions(archive_.entries(), *selection), 2u);
  std::vector<std::string> left;
  for (const Entry* entry : selection->entries)
    if (entry->aspect == Aspect::kStatistics) left.push_back(entry->name);
  EXPECT_THAT(left,
              ElementsAre("knowledge of other", "knowledge of other_index",
                          "knowledge of root", "knowledge of root_index"));
}

}  // namespace
}  // namespace pgbale
