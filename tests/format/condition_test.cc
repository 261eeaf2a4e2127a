#include "format/condition.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace pgbale {
namespace {

using Kind = Condition::Kind;

// "(and id>=10 ?)": what is unknown is a question mark.
std::string Shown(const Condition& condition) {
  const auto shown_parts = [&](absl::string_view word) {
    std::string text = absl::StrCat("(", word);
    for (const Condition& part : condition.parts)
      absl::StrAppend(&text, " ", Shown(part));
    return text + ")";
  };
  constexpr auto kSigns =
      std::to_array<absl::string_view>({"=", "<>", "<", "<=", ">", ">="});
  const std::string column = absl::StrCat(
      condition.table, condition.table.empty() ? "" : ".", condition.column);
  const Constant& constant = condition.constant;
  switch (condition.kind) {
    case Kind::kUnknown:
      return "?";
    case Kind::kAnd:
      return shown_parts("and");
    case Kind::kOr:
      return shown_parts("or");
    case Kind::kNot:
      return shown_parts("not");
    case Kind::kIsNull:
      return column + " null";
    case Kind::kIsNotNull:
      return column + " not null";
    case Kind::kCompare:
      return absl::StrCat(column, kSigns[static_cast<size_t>(condition.op)],
                          constant.form == Constant::Form::kText ? "'" : "",
                          constant.text,
                          constant.form == Constant::Form::kText ? "'" : "",
                          constant.type.empty() ? "" : "::", constant.type);
  }
  return "";
}

std::string Parsed(absl::string_view sql) { return Shown(ParseCondition(sql)); }

TEST(Condition, ComparisonsHaveAColumnOnEitherSide) {
  EXPECT_EQ(Parsed("id = 5"), "id=5");
  EXPECT_EQ(Parsed("id>=-5"), "id>=-5");
  EXPECT_EQ(Parsed("10 < ID"), "id>10");
  EXPECT_EQ(Parsed("'b' >= \"My \"\"Name\""), "My \"Name<='b'");
  EXPECT_EQ(Parsed("id != 1.5"), "id<>1.5");
  EXPECT_EQ(Parsed("log.id = 1"), "log.id=1");
  EXPECT_EQ(Parsed("n = 'it''s'"), "n='it's'");
  EXPECT_EQ(Parsed("flag = true"), "flag=t");
}

TEST(Condition, TypesOfConstantsMayBeSaid) {
  EXPECT_EQ(Parsed("at < date '2025-01-01'"), "at<'2025-01-01'::date");
  EXPECT_EQ(Parsed("at < '2025-01-01'::timestamptz"),
            "at<'2025-01-01'::timestamptz");
  EXPECT_EQ(Parsed("at < TIMESTAMP WITH TIME ZONE '2025-01-01'"),
            "at<'2025-01-01'::timestamp with time zone");
  for (const char* sql :
       {"at < date '2025-01-01'::text", "at < '2025-01-01'::date::timestamp",
        "at < '1'::s.date", "at < timestamp(0) '2025-01-01'", "a < '1'::int[]",
        "at < interval '1 day'"})
    EXPECT_EQ(Parsed(sql), "?") << sql;
}

TEST(Condition, ListsAndRangesAreComparisons) {
  EXPECT_EQ(Parsed("id BETWEEN 10 AND 20"), "(and id>=10 id<=20)");
  EXPECT_EQ(Parsed("id IN (1, 2)"), "(or id=1 id=2)");
  EXPECT_EQ(Parsed("id IN (1)"), "id=1");
  EXPECT_EQ(Parsed("id NOT IN (1, 2)"), "(not (or id=1 id=2))");
  EXPECT_EQ(Parsed("id NOT BETWEEN 1 AND 2"), "(not (and id>=1 id<=2))");
  EXPECT_EQ(Parsed("id IS NULL OR id IS NOT NULL"), "(or id null id not null)");
}

TEST(Condition, AndBindsTighterThanOrAndNotThanAnd) {
  EXPECT_EQ(Parsed("a = 1 OR b = 2 AND NOT c = 3"),
            "(or a=1 (and b=2 (not c=3)))");
  EXPECT_EQ(Parsed("(a = 1 OR b = 2) AND c = 3"), "(and (or a=1 b=2) c=3)");
  EXPECT_EQ(Parsed("NOT NOT a = 1"), "a=1");
  EXPECT_EQ(Parsed("id between 10 and 20 and at >= '2025-01-01'"),
            "(and (and id>=10 id<=20) at>='2025-01-01')");
}

TEST(Condition, WhatIsNotKnownLeavesTheRestKnown) {
  EXPECT_EQ(Parsed("f(a AND b) AND id = 5"), "(and ? id=5)");
  EXPECT_EQ(Parsed("n LIKE 'x%' OR id = 5"), "(or ? id=5)");
  EXPECT_EQ(Parsed("(c).and = 1 AND id = 5"), "(and ? id=5)");
  EXPECT_EQ(Parsed("id IN (SELECT a FROM t WHERE b AND c) AND id = 5"),
            "(and ? id=5)");
  EXPECT_EQ(Parsed("a[1 + 2] = 3 AND id = 5"), "(and ? id=5)");
  EXPECT_EQ(Parsed("id = 5 AND now() > at"), "(and id=5 ?)");
}

// Each of these means something else than "id = 5" at its end or beginning.
TEST(Condition, ABeginningIsNotTakenForTheWhole) {
  for (const char* sql : {"id = 5 + a",
                          "id = 5 IS NULL",
                          "id = 5 = b",
                          "id = 5::text",
                          "id = 'a' 'b'",
                          "id = 'a' COLLATE \"x\"",
                          "- id = 5",
                          "id = 5 - 1",
                          "(id) = 5",
                          "(id, a) = (5, 1)",
                          "s.t.id = 5",
                          "id = 5e1",
                          "id = 0x5",
                          "id = 1_0",
                          "id => 5",
                          "id =- 5 * 2",
                          "id OPERATOR(s.=) 5",
                          "id = ANY ('{5}')",
                          "id IS NULL IS NULL",
                          "id IN (5) IS NULL",
                          "ID = .5",
                          "id = 5.",
                          "id = 5 AT TIME ZONE 'UTC'"})
    EXPECT_EQ(Parsed(sql), "?") << sql;
}

// Here AND joins what is no condition, or "id" is another table's.
TEST(Condition, WhatIsInvolvedMakesAllOfItUnknown) {
  for (const char* sql :
       {"a + 1 BETWEEN 1 AND id = 5", "a BETWEEN 1 AND 2 + 3 AND id = 5",
        "a BETWEEN SYMMETRIC 2 AND id = 5", "CASE WHEN a THEN b AND id = 5 END",
        "x AND CASE WHEN a AND id = 5 THEN b END",
        "(SELECT true FROM u WHERE x AND id = 5)",
        "((SELECT true) UNION SELECT true FROM u WHERE x AND id = 5)",
        "(WITH u AS (SELECT 5 AS id) SELECT x AND id = 5 FROM u)",
        "(VALUES (x AND id = 5))", "(TABLE u)"})
    EXPECT_EQ(Parsed(sql), "?") << sql;
}

TEST(Condition, WhatIsCutInAnotherWayIsUnknown) {
  for (const char* sql :
       {"id = 5 -- AND a = 1", "id = 5 /* OR true */",
        "n = E'a\\'b' AND id = 5", "n = U&'x' AND id = 5",
        "n = $$ AND id = 5 AND $$", "b = B'1'", "n = 'open AND id = 5",
        "\"open = 5", "n = u&\"x\" AND id = 5", "id = 5 \\ AND a = 1"})
    EXPECT_EQ(Parsed(sql), "?") << sql;
}

TEST(Condition, WordsThatAreValuesOfTheSessionAreNoColumns) {
  for (const char* sql : {"user = 'a'", "current_date > '2025-01-01'",
                          "session_user IS NULL", "null = 5", "default = 1"})
    EXPECT_EQ(Parsed(sql), "?") << sql;
  EXPECT_EQ(Parsed("\"user\" = 'a'"), "user='a'");
  EXPECT_EQ(Parsed("date = '2025-01-01'"), "date='2025-01-01'");
}

TEST(Condition, WhatIsNoSqlIsUnknown) {
  for (const char* sql : {"", "()", "id =", "id = 5 AND", "OR id = 5", ")",
                          "id = 5) OR (true", "id = 5 garbage", "AND", "("})
    EXPECT_EQ(Parsed(sql), "?") << sql;
}

TEST(Condition, ParenthesesWithoutEndAreNoCrash) {
  const auto nested = [](size_t depth) {
    return absl::StrCat(std::string(depth, '('), "id = 5",
                        std::string(depth, ')'));
  };
  EXPECT_EQ(Parsed(absl::StrCat(std::string(100000, '('), "id = 5")), "?");
  EXPECT_EQ(Parsed(nested(50)), "id=5");
  EXPECT_EQ(Parsed(nested(1000)), "?");
}

}  // namespace
}  // namespace pgbale
