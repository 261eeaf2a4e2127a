#include "engine/dump/table_parts.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BundlePartsTest : public ::testing::Test {
 protected:
  TablePart PartOf(uint64_t bytes) const {
    return {&entry_, &source_, {}, bytes};
  }
  // Of a small part that is changed so, between two others.
  static size_t BundlesWith(const TablePart& small, const TablePart& changed) {
    const std::vector<TablePart> parts = {small, changed, small};
    return BundleParts(parts).size();
  }

  const Entry entry_;
  const DataSource source_;
};

TEST_F(BundlePartsTest, EachPartIsInOneBundle) {
  std::vector<TablePart> parts;
  for (uint64_t i = 0; i < 1000; ++i)
    parts.push_back(PartOf(i % 10 == 0 ? 1 << 20 : i * 200));
  std::vector<const TablePart*> bundled;
  for (const PartBundle& bundle : BundleParts(parts))
    bundled.insert(bundled.end(), bundle.begin(), bundle.end());
  std::vector<const TablePart*> all;
  for (const TablePart& part : parts) all.push_back(&part);
  EXPECT_THAT(bundled, ::testing::UnorderedElementsAreArray(all));
}

TEST_F(BundlePartsTest, NoPartsAreNoBundle) {
  EXPECT_THAT(BundleParts({}), IsEmpty());
}

TEST_F(BundlePartsTest, SmallTablesAreTogetherLargeOnesAlone) {
  EXPECT_EQ(BundlesWith(PartOf(8192), PartOf(8192)), 1u);
  EXPECT_EQ(BundlesWith(PartOf(8192), PartOf(1 << 20)), 2u);
}

// So that many connections share what a database of small tables holds.
TEST_F(BundlePartsTest, BundlesAreBounded) {
  EXPECT_THAT(BundleParts(std::vector<TablePart>(96, PartOf(8192))),
              AllOf(SizeIs(3), Each(SizeIs(32))));
  EXPECT_THAT(BundleParts(std::vector<TablePart>(96, PartOf(128 << 10))),
              AllOf(SizeIs(12), Each(SizeIs(8))));
}

TEST_F(BundlePartsTest, WhatIsNoWholeTableOrCostsMoreThanItsOctetsIsAlone) {
  const TablePart small = PartOf(8192);
  TablePart range = small;
  range.pages.end = 1;
  EXPECT_EQ(BundlesWith(small, range), 2u);
  TablePart large_objects = small;
  large_objects.table = "pg_largeobject";
  EXPECT_EQ(BundlesWith(small, large_objects), 2u);
  DataSource slow, foreign;
  slow.condition = "WHERE slow()";
  foreign.foreign = true;
  for (const DataSource* source : {&slow, &foreign}) {
    TablePart part = small;
    part.source = source;
    EXPECT_EQ(BundlesWith(small, part), 2u);
  }
}

}  // namespace
}  // namespace pgbale
