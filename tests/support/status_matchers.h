// gtest words for absl::Status and StatusOr.

#ifndef PGBALE_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define PGBALE_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace pgbale {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, "is OK") {
  const absl::Status& status = StatusOf(arg);
  if (!status.ok()) *result_listener << status;
  return status.ok();
}

// An error with this Failure. ("HasFailure" is a word of gtest's own.)
MATCHER_P(FailsWith, failure, "") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status;
  return !status.ok() && FailureOf(status) == failure;
}

// An error whose message holds `part`.
MATCHER_P(StatusMessageHas, part, "") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status;
  return !status.ok() &&
         std::string(status.message()).find(part) != std::string::npos;
}

// An error of the server with this SQLSTATE.
MATCHER_P(HasSqlState, sqlstate, "") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status;
  return !status.ok() && SqlStateOf(status) == sqlstate;
}

}  // namespace pgbale

#define EXPECT_OK(expr) EXPECT_THAT(expr, ::pgbale::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT(expr, ::pgbale::IsOk())

// Assigns the value of the StatusOr `expr` to `lhs`, which may declare a
// variable, or ends the test.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_IMPL(PGBALE_CONCAT(pgbale_or_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                              \
  ASSERT_OK(tmp.status());                        \
  lhs = *std::move(tmp)

#endif  // PGBALE_TESTS_SUPPORT_STATUS_MATCHERS_H_
