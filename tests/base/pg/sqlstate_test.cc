#include "base/pg/sqlstate.h"

#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

TEST(SqlState, ExactCodeComesBeforeItsClass) {
  EXPECT_EQ(LookUpSqlState("57P03").failure, Failure::kConnect);
  EXPECT_EQ(LookUpSqlState("57P99").failure, Failure::kCancelled);
}

TEST(SqlState, ClassIsAWordForPeople) {
  EXPECT_EQ(LookUpSqlState("42P01").error_class, "missing object");
  EXPECT_EQ(LookUpSqlState("42710").error_class, "duplicate object");
  EXPECT_EQ(LookUpSqlState("42501").error_class, "no permission");
  EXPECT_EQ(LookUpSqlState("0P000").error_class, "missing role");
  EXPECT_EQ(LookUpSqlState("22P02").error_class, "bad data");
  EXPECT_EQ(LookUpSqlState("55P03").error_class, "lock");
  EXPECT_EQ(LookUpSqlState("53200").error_class, "resources");
  EXPECT_EQ(LookUpSqlState("57014").error_class, "cancelled");
  EXPECT_EQ(LookUpSqlState("28P01").error_class, "connection");
}

TEST(SqlState, PositionSurvivesAnnotation) {
  const absl::Status status =
      Annotate(WithPosition(MakeServerError("42601", "x"), 12), "place");
  EXPECT_EQ(PositionOf(status), 12);
  EXPECT_EQ(PositionOf(MakeServerError("42601", "x")), 0);
}

TEST(SqlState, UnknownCodesAreOther) {
  for (const char* code : {"", "4", "ZZZZZ", "P0001"}) {
    EXPECT_EQ(LookUpSqlState(code).error_class, "other") << code;
    EXPECT_EQ(LookUpSqlState(code).failure, Failure::kError) << code;
  }
}

TEST(SqlState, WhatTheServerCancelledMayBeTriedAgain) {
  for (const char* code :
       {"57014", "57P01", "40001", "40P01", "55P03", "25P03", "08006"})
    EXPECT_THAT(MakeServerError(code, "x"), FailsWith(Failure::kCancelled))
        << code;
}

TEST(SqlState, ConflictWithRecoveryNamesTheSettings) {
  const std::string hint = HintOf(MakeServerError("40001", "x"));
  EXPECT_NE(hint.find("max_standby_streaming_delay"), std::string::npos);
  EXPECT_NE(hint.find("hot_standby_feedback"), std::string::npos);
}

TEST(SqlState, ErrorCarriesCodeAndMessage) {
  const absl::Status status = MakeServerError("42P01", "no such table");
  EXPECT_THAT(status, HasSqlState("42P01"));
  EXPECT_EQ(status.message(), "no such table");
  EXPECT_EQ(HintOf(status), "");
}

}  // namespace
}  // namespace pgbale::pg
