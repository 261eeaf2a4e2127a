#include "format/chunk_filter.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "format/chunk.h"
#include "format/types/type_codec.h"
#include "gtest/gtest.h"
#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

// A chunk of one column "a", whose values are given as text.
class ChunkFilterTest : public ::testing::Test {
 protected:
  void Chunk(const std::string& type, const std::vector<Value>& values) {
    const BuiltInType* const known = FindBuiltInType(type);
    ASSERT_NE(known, nullptr) << type;
    data_.columns = {{"a", type, known->width, known->oid}};
    data_.format = WireFormat::kBinary;
    Column column(known->width);
    for (const Value& value : values) {
      Buffer binary;
      if (!value.has_value()) {
        column.AppendNull();
        continue;
      }
      ASSERT_TRUE(known->codec->FromText(*value, binary)) << *value;
      column.Append(binary);
    }
    head_.rows = column.rows();
    head_.columns = {{}};
    head_.columns[0].nulls = column.nulls();
    head_.columns[0].range = RangeOf(column, OrderOf(known->oid));
  }

  bool MayHold(const std::string& condition) const {
    return ChunkFilter(ParseCondition(condition), data_, "t", {0})
        .MayHold(head_);
  }
  void ExpectRead(const std::vector<std::string>& conditions) const {
    for (const std::string& condition : conditions)
      EXPECT_TRUE(MayHold(condition)) << condition;
  }
  void ExpectSkipped(const std::vector<std::string>& conditions) const {
    for (const std::string& condition : conditions)
      EXPECT_FALSE(MayHold(condition)) << condition;
  }

  TableData data_;
  ChunkHead head_;
};

TEST_F(ChunkFilterTest, IntegersAreComparedWithBothEnds) {
  for (const char* type : {"smallint", "integer", "bigint"}) {
    Chunk(type, {"10", "20", kNull});
    ExpectRead({"a = 10", "a = 20", "a = 15", "a < 11", "a <= 10", "a > 19",
                "a >= 20", "a between 20 and 30", "a in (1, 12)", "a = '10'",
                "20 <= a", "t.a = 10", "a <> 15", "a < 10 OR a = 10",
                "a IS NULL", "a IS NOT NULL", "NOT a = 5"});
    ExpectSkipped({"a = 9", "a = 21", "a < 9", "a <= 9", "a > 21 AND a < 30",
                   "a >= 21", "a between 21 and 30", "a in (1, 99)", "a = '9'",
                   "21 <= a", "t.a = -10", "a = 99999999999", "a > 40000",
                   "f(x) AND a = 5", "a = 15 AND a = 21", "a = 1 OR a = 2"});
  }
}

TEST_F(ChunkFilterTest, WhatMayBeTrueOfOtherColumnsIsRead) {
  Chunk("integer", {"10", "20"});
  ExpectRead({"b = 5", "u.a = 5", "a = 5 OR b = 1", "a + 1 = 5", "a = 5.5",
              "a = '5.5'", "a = 'x'", "a = true", "a = 9999999999999999999",
              "a = '5'::text", "a = 05", "a = 5::numeric"});
  const ChunkFilter none(ParseCondition("a = 5"), data_, "t", {});
  EXPECT_TRUE(none.MayHold(head_));
  EXPECT_TRUE(none.passes_all());
}

TEST_F(ChunkFilterTest, ColumnsOfNullsFulfilNoComparison) {
  Chunk("integer", {kNull, kNull});
  ExpectSkipped({"a = 5", "a < 5", "a IS NOT NULL", "a IN (1, 2)"});
  ExpectRead({"a IS NULL", "a = 5 OR a IS NULL", "a <> 5"});
  Chunk("integer", {"1", "2"});
  ExpectSkipped({"a IS NULL"});
}

TEST_F(ChunkFilterTest, NumbersWithFractions) {
  Chunk("numeric", {"-1.5", "100.25"});
  ExpectRead({"a = -1.5", "a = 100.25", "a >= 100.250", "a > 100"});
  ExpectSkipped({"a > 101", "a < -1.6", "a = 'NaN'", "a >= 1000000000000"});
  Chunk("double precision", {"0.1", "2.5"});
  ExpectRead({"a = 0.1", "a <= '0.1'", "a = 2.5", "a = 0.30"});
  ExpectSkipped({"a < 0.05", "a > 3", "a = '-Infinity'"});
  Chunk("real", {"0.1", "2.5"});
  // A single one, made double, is above what the number says.
  ExpectRead({"a > 0.1", "a = '0.1'", "a > 2"});
  ExpectSkipped({"a = 0.09", "a <= 0.1", "a > 2.5000001"});
}

// The server makes single ones of the numbers in a list, unless it is one.
TEST_F(ChunkFilterTest, NumbersOfAListAreWhatARealColumnIs) {
  Chunk("real", {"0.1"});
  ExpectRead({"a IN (0.1, 7)", "a IN (7, 0.1)", "a IN (7, 0.10)"});
  ExpectSkipped({"a IN (0.1)", "a IN (0.2, 7)", "a IN (0.09, -7)"});
  Chunk("real", {"0.7"});
  ExpectRead({"a IN (0.7, 7)"});
  Chunk("double precision", {"0.1"});
  ExpectRead({"a IN (0.1, 7)"});
  ExpectSkipped({"a IN (0.10000000149011612, 7)"});
}

TEST_F(ChunkFilterTest, DatesAndTimes) {
  Chunk("date", {"2025-03-01", "2025-03-31"});
  ExpectRead({"a >= '2025-03-31'", "a = date '2025-03-01'",
              "a = timestamp '2025-01-01'", "a > '2025-1-1'", "a > 'today'"});
  ExpectSkipped({"a > '2025-04-01'", "a < date '2025-02-28'"});
  Chunk("timestamp without time zone",
        {"2025-03-01 00:00:00", "2025-03-31 12:00:00"});
  ExpectRead({"a >= '2025-03-31'", "a = '2025-03-31 12:00'",
              "a <= date '2025-03-01'", "a > timestamptz '2026-01-01'",
              "a > '2026-01-01 00:00:00+02'", "a > date '2026-01-01 10:00'"});
  ExpectSkipped({"a >= '2025-04-01'", "a > '2025-03-31 12:01'",
                 "a < timestamp '2025-02-28 23:59:59.5'"});
}

// It depends on the zone of who decides.
TEST_F(ChunkFilterTest, TimesWithoutZoneAreWithinSixteenHours) {
  Chunk("timestamp with time zone",
        {"2025-03-02 00:00:00+00", "2025-03-10 00:00:00+00"});
  ExpectRead({"a < '2025-03-01 09:00'", "a > '2025-03-10 15:00'",
              "a < '2025-03-01 16:00:00+05'", "a > timestamp '2025-03-10'",
              "a < '2025-03-02 00:00:01+00'", "a > timestamp 'infinity'",
              "a = date '2025-03-01 10:00'", "a = '2030-01-01'::text"});
  ExpectSkipped(
      {"a < '2025-03-01'", "a > '2025-03-11'", "a < '2025-03-01 23:59:59+00'",
       "a > date '2025-03-11'", "a < '2025-02-28 00:00:00-03:30'",
       "a > timestamptz '2025-03-10 00:00:00.1+00'", "a > 'infinity'"});
}

TEST_F(ChunkFilterTest, TextsAreLookedForAndNotOrdered) {
  for (const char* type : {"text", "character varying"}) {
    Chunk(type, {"banana", "cherry"});
    ExpectRead({"a = 'banana'", "a = 'blue'", "a < 'a'", "a > 'x'",
                "a = 'x' COLLATE \"C\"", "a BETWEEN 'x' AND 'y'"});
    ExpectSkipped({"a = 'apple'", "a = 'cherry '", "a IN ('a', 'd')",
                   "a = 'Banana'", "a = text 'x'"});
  }
}

TEST_F(ChunkFilterTest, OtherTypesThatHaveOneSpelling) {
  Chunk("uuid", {"10000000-0000-0000-0000-000000000000"});
  ExpectSkipped({"a = '20000000-0000-0000-0000-000000000000'",
                 "a > uuid '20000000-0000-0000-0000-000000000000'"});
  ExpectRead({"a = '{20000000-0000-0000-0000-000000000000}'"});
  Chunk("bytea", {"\\x01", "\\x05"});
  ExpectSkipped({"a = '\\x06'", "a < '\\x00'"});
  ExpectRead({"a = '\\x03'", "a = 'abc'"});
  Chunk("boolean", {"t"});
  ExpectSkipped({"a = false", "a = 'f'"});
  ExpectRead({"a = true", "a", "NOT a", "a = 'no'"});
}

TEST_F(ChunkFilterTest, RangesOfAnotherOrderOrTypeTellNothing) {
  Chunk("integer", {"10", "20"});
  head_.columns[0].range->order = ValueOrder::kOctets;
  ExpectRead({"a = 5"});
  Chunk("integer", {"10", "20"});
  data_.format = WireFormat::kText;
  ExpectRead({"a = 5"});
  head_.columns[0].typed = TypedText{.type_oid = 20};
  ExpectRead({"a = 5"});
  head_.columns[0].typed = TypedText{.type_oid = 23};
  ExpectSkipped({"a = 5"});
}

TEST(CanFilterBy, IsForTypesWhoseOrderDependsOnNothing) {
  EXPECT_TRUE(CanFilterBy({"a", "integer", 4, 23}));
  EXPECT_TRUE(CanFilterBy({"a", "numeric(10,2)", 0, 1700}));
  EXPECT_TRUE(CanFilterBy({"a", "character varying(10)", 0, 1043}));
  EXPECT_FALSE(CanFilterBy({"a", "s.domain_over_integer", 4, 23}));
  EXPECT_FALSE(CanFilterBy({"a", "character(10)", 0, 1042}));
  EXPECT_FALSE(CanFilterBy({"a", "money", 8, 790}));
  EXPECT_FALSE(CanFilterBy({"a", "integer[]", 0, 1007}));
}

// What a server would decide of each row, for integers.
bool Fulfils(int64_t value, const std::string& op, int64_t constant) {
  if (op == "=") return value == constant;
  if (op == "<") return value < constant;
  if (op == "<=") return value <= constant;
  if (op == ">") return value > constant;
  return value >= constant;
}

TEST_F(ChunkFilterTest, NoChunkWithARowThatFulfilsIsSkipped) {
  Random random;
  const std::vector<std::string> ops = {"=", "<", "<=", ">", ">="};
  for (int round = 0; round < 2000; ++round) {
    std::vector<Value> values;
    std::vector<int64_t> numbers;
    for (uint64_t i = 0; i < 1 + random.Below(4); ++i) {
      numbers.push_back(random.Between(-20, 20));
      values.emplace_back(absl::StrCat(numbers.back()));
    }
    Chunk("integer", values);
    const std::string& one = ops[random.Below(5)];
    const std::string& other = ops[random.Below(5)];
    const int64_t low = random.Between(-25, 25), high = random.Between(-25, 25);
    const bool all = random.OneIn(2);
    bool any = false;
    for (const int64_t number : numbers) {
      const bool a = Fulfils(number, one, low),
                 b = Fulfils(number, other, high);
      any = any || (all ? a && b : a || b);
    }
    const std::string condition =
        absl::StrCat("a", one, low, all ? " AND " : " OR ", "a", other, high);
    EXPECT_TRUE(!any || MayHold(condition)) << condition;
  }
}

}  // namespace
}  // namespace pgbale
