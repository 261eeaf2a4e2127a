#include "engine/copy/side.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(Side, SourceIsNamedOnceWithItsSqlState) {
  const absl::Status status = OfSource(WithSqlState(
      MakeError(Failure::kCancelled, "table \"t\": gone"), "57P01"));
  EXPECT_THAT(std::string(status.message()),
              ::testing::StartsWith("source: table \"t\": gone (57P01, "));
  EXPECT_EQ(OfSource(status), status);
  EXPECT_EQ(OfTarget(status), status);
  EXPECT_EQ(FailureOf(status), Failure::kCancelled);
  EXPECT_EQ(SqlStateOf(status), "57P01");
}

TEST(Side, TargetIsNamedOfWhatAServerDoesOnItsOwn) {
  EXPECT_EQ(OfTarget(MakeError(Failure::kCancelled, "lost")).message(),
            "target: lost");
  EXPECT_EQ(OfTarget(MakeError(Failure::kError, "index i: bad")).message(),
            "index i: bad");
}

TEST(Side, RefusedConnectionHasAdviceOnTheRightName) {
  const absl::Status refused = MakeError(Failure::kConnect, "no");
  EXPECT_THAT(HintOf(OfSource(refused)), ::testing::HasSubstr("SRC"));
  EXPECT_THAT(HintOf(OfTarget(refused)), ::testing::HasSubstr("DST"));
  EXPECT_EQ(HintOf(OfTarget(WithHint(refused, "Pay."))), "Pay.");
}

TEST(Side, LineKeepsWhatTheStatusCarries) {
  const absl::Status status =
      WithLine(OfSource(MakeError(Failure::kTerminated, "stopped")), "more");
  EXPECT_EQ(status.message(), "source: stopped\nmore");
  EXPECT_TRUE(IsOfSource(status));
  EXPECT_EQ(FailureOf(status), Failure::kTerminated);
}

}  // namespace
}  // namespace pgbale
