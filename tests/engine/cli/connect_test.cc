#include "engine/cli/connect.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

std::string AdviceFor(absl::string_view message) {
  return HintOf(AdviseOnConnection(MakeError(Failure::kConnect, message)));
}

TEST(AdviseOnConnection, SaysWhatToDoAboutTheCause) {
  EXPECT_THAT(AdviceFor("FATAL:  password authentication failed for user"),
              HasSubstr("PGPASSWORD"));
  EXPECT_THAT(AdviceFor("FATAL:  database \"nodb\" does not exist"),
              HasSubstr("(-d)"));
  EXPECT_THAT(AdviceFor("FATAL:  role \"nobody\" does not exist"),
              HasSubstr("(-U)"));
  EXPECT_THAT(AdviceFor("FATAL:  sorry, too many clients already"),
              HasSubstr("(-j)"));
  EXPECT_THAT(AdviceFor("Connection refused"), HasSubstr("(-h)"));
}

TEST(AdviseOnConnection, KeepsOtherErrorsAndHintsAsTheyAre) {
  const absl::Status hinted =
      WithHint(MakeError(Failure::kConnect, "a pooler"), "Go around it.");
  EXPECT_EQ(AdviseOnConnection(hinted), hinted);
  const absl::Status other = MakeError(Failure::kError, "database \"x\"");
  EXPECT_EQ(AdviseOnConnection(other), other);
  EXPECT_TRUE(AdviseOnConnection(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace pgbale
