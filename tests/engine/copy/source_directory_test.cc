#include "engine/copy/source_directory.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::SizeIs;

class SourceDirectoryTest : public ::testing::Test {
 protected:
  SourceDirectoryTest() {
    small_.id = 3;
    large_.id = 7;
    of_small_.relation = 30;
    of_large_.relation = 70;
    parts_ = {{&small_, &of_small_, {}, 8},
              {&large_, &of_large_, {.first = 0, .end = 5}, 100},
              {&large_, &of_large_, {.first = 5, .end = 10}, 100},
              {&large_, &of_large_, {.first = 10}, 100}};
    directory_ = DirectoryOf(parts_, {{70, 1000}});
  }

  TablePart Join(size_t first, size_t count) const {
    return JoinParts(
        parts_, absl::MakeConstSpan(directory_.chunks).subspan(first, count));
  }

  Entry small_, large_;
  DataSource of_small_, of_large_;
  std::vector<TablePart> parts_;
  Directory directory_;
};

TEST_F(SourceDirectoryTest, EachPartIsAChunkInOrder) {
  ASSERT_THAT(directory_.chunks, SizeIs(4));
  EXPECT_EQ(directory_.chunks[2].entry_id, 7u);
  EXPECT_EQ(directory_.chunks[2].ordinal, 2u);
  EXPECT_EQ(directory_.chunks[2].place, 5u);
}

TEST_F(SourceDirectoryTest, TotalsAreEstimatesAndNeverNone) {
  EXPECT_EQ(directory_.TotalsOf(3).rows, 1u);
  EXPECT_EQ(directory_.TotalsOf(7).rows, 1000u);
  EXPECT_EQ(directory_.TotalsOf(7).raw_bytes, 300u);
  EXPECT_EQ(directory_.TotalsOf(4).rows, 0u);
}

TEST_F(SourceDirectoryTest, AllPartsJoinedAreTheWholeTable) {
  EXPECT_TRUE(Join(1, 3).pages.is_all());
  EXPECT_EQ(Join(1, 3).bytes, 300u);
  EXPECT_TRUE(Join(0, 1).pages.is_all());
}

TEST_F(SourceDirectoryTest, SomePartsJoinedAreTheirPages) {
  EXPECT_EQ(Join(1, 2).pages.first, 0u);
  EXPECT_EQ(Join(1, 2).pages.end, 10u);
  EXPECT_EQ(Join(2, 2).pages.first, 5u);
  EXPECT_FALSE(Join(2, 2).pages.end.has_value());
}

}  // namespace
}  // namespace pgbale
