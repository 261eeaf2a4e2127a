#include "base/pg/result.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ParseArray, EmptyHasNoElements) {
  EXPECT_THAT(ParseArray("{}"), IsEmpty());
  EXPECT_THAT(ParseArray(""), IsEmpty());
}

TEST(ParseArray, PlainElements) {
  EXPECT_THAT(ParseArray("{a,b c,1}"), ElementsAre("a", "b c", "1"));
}

TEST(ParseArray, QuotedElementsHoldAnything) {
  EXPECT_THAT(ParseArray(R"({"a,b","{c}","d\"e","f\\g",""})"),
              ElementsAre("a,b", "{c}", "d\"e", "f\\g", ""));
}

TEST(ParseArray, NullIsEmptyUnlessQuoted) {
  EXPECT_THAT(ParseArray("{NULL,\"NULL\"}"), ElementsAre("", "NULL"));
}

TEST(ParseArray, BoundsArePassedOver) {
  EXPECT_THAT(ParseArray("[0:1]={a,b}"), ElementsAre("a", "b"));
}

TEST(ParseArray, CutTextIsNoCrash) {
  EXPECT_THAT(ParseArray("{a,\"b"), ElementsAre("a", "b"));
  EXPECT_THAT(ParseArray("{a,"), ElementsAre("a", ""));
  EXPECT_THAT(ParseArray("{\\"), ElementsAre("\\"));
}

}  // namespace
}  // namespace pgbale::pg
