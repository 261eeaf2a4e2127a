#include "base/status.h"

#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return MakeError(Failure::kUsage, "odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

absl::Status CheckQuarter(int value) {
  RETURN_IF_ERROR(Quarter(value).status());
  return absl::OkStatus();
}

TEST(Status, OkEndsWithExitCodeZero) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
}

TEST(Status, FailureIsTheExitCode) {
  EXPECT_EQ(ExitCodeOf(MakeError(Failure::kDamaged, "")), 20);
  EXPECT_EQ(ExitCodeOf(MakeError(Failure::kLocalStorage, "")), 40);
  EXPECT_EQ(ExitCodeOf(MakeError(Failure::kTerminated, "")), 143);
}

TEST(Status, ForeignStatusIsAPlainError) {
  EXPECT_EQ(FailureOf(absl::InternalError("bug")), Failure::kError);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("bug")), 1);
}

TEST(Status, CodeTellsWhatToDo) {
  EXPECT_TRUE(absl::IsDataLoss(MakeError(Failure::kDamaged, "")));
  EXPECT_TRUE(absl::IsDataLoss(MakeError(Failure::kIncomplete, "")));
  EXPECT_TRUE(absl::IsUnavailable(MakeError(Failure::kConnect, "")));
  EXPECT_TRUE(absl::IsUnavailable(MakeError(Failure::kCancelled, "")));
  EXPECT_TRUE(absl::IsInvalidArgument(MakeError(Failure::kUsage, "")));
  EXPECT_TRUE(absl::IsNotFound(MakeError(Failure::kNotFound, "")));
  EXPECT_TRUE(absl::IsFailedPrecondition(MakeError(Failure::kLocked, "")));
  EXPECT_TRUE(absl::IsUnknown(MakeError(Failure::kError, "")));
  EXPECT_TRUE(absl::IsResourceExhausted(MakeError(Failure::kLocalStorage, "")));
  EXPECT_TRUE(absl::IsUnavailable(MakeError(Failure::kRemoteStorage, "")));
  EXPECT_TRUE(absl::IsCancelled(MakeError(Failure::kInterrupted, "")));
  EXPECT_TRUE(absl::IsCancelled(MakeError(Failure::kTerminated, "")));
}

TEST(Status, AnnotatePutsThePlaceFirstAndKeepsAllElse) {
  const absl::Status status = Annotate(
      WithHint(WithSqlState(MakeError(Failure::kCancelled, "gone"), "57P01"),
               "Try again."),
      "table \"a\"");
  EXPECT_EQ(status.message(), "table \"a\": gone");
  EXPECT_EQ(FailureOf(status), Failure::kCancelled);
  EXPECT_EQ(SqlStateOf(status), "57P01");
  EXPECT_EQ(HintOf(status), "Try again.");
}

TEST(Status, AnnotateLeavesOkAlone) {
  EXPECT_OK(Annotate(absl::OkStatus(), "place"));
}

TEST(Status, LaterHintReplacesEarlierOne) {
  const absl::Status status =
      WithHint(WithHint(MakeError(Failure::kError, "x"), "One."), "Two.");
  EXPECT_EQ(HintOf(status), "Two.");
}

TEST(Status, NoHintAndNoSqlStateAreEmpty) {
  EXPECT_EQ(HintOf(MakeError(Failure::kError, "x")), "");
  EXPECT_EQ(SqlStateOf(MakeError(Failure::kError, "x")), "");
}

TEST(Status, MacrosPassErrorsOn) {
  EXPECT_OK(CheckQuarter(8));
  EXPECT_THAT(CheckQuarter(6), FailsWith(Failure::kUsage));
  ASSERT_OK_AND_ASSIGN(const int quarter, Quarter(8));
  EXPECT_EQ(quarter, 2);
}

}  // namespace
}  // namespace pgbale
