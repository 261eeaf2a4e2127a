#include "engine/bench/spread.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;

TEST(Spread, MedianIsTheMiddleWhateverTheOrder) {
  const Spread spread = SpreadOf({9, 1, 5});
  EXPECT_EQ(spread.median, 5);
  EXPECT_EQ(spread.lowest, 1);
  EXPECT_EQ(spread.highest, 9);
}

TEST(Spread, MedianOfAnEvenNumberLiesBetweenTheMiddleTwo) {
  EXPECT_EQ(SpreadOf({4, 1, 2, 100}).median, 3);
  EXPECT_EQ(SpreadOf({7}).median, 7);
}

TEST(Spread, RatiosAreOfTheSameTurn) {
  EXPECT_THAT(RatiosOf({1, 6}, {2, 3}), ElementsAre(0.5, 2));
}

TEST(Spread, ThreeDigitsCount) {
  EXPECT_EQ(ThreeDigits(0), "0");
  EXPECT_EQ(ThreeDigits(0.01234), "0.0123");
  EXPECT_EQ(ThreeDigits(0.00001), "0.0000");
  EXPECT_EQ(ThreeDigits(1.234), "1.23");
  EXPECT_EQ(ThreeDigits(9.9961), "10.0");
  EXPECT_EQ(ThreeDigits(99.96), "100");
  EXPECT_EQ(ThreeDigits(1234.4), "1234");
}

TEST(Spread, TextHasMedianLowestAndHighest) {
  EXPECT_EQ(SpreadText({2, 1.5, 3}), "2.00 (1.50 – 3.00)");
}

}  // namespace
}  // namespace pgbale
