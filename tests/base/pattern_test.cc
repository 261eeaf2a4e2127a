#include "base/pattern.h"

#include "tests/support/random.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

std::string NameRegex(absl::string_view text) {
  const auto pattern = ParsePattern(text, 1);
  return pattern.ok() ? pattern->name : "";
}

bool Matches(absl::string_view text, absl::string_view name) {
  return MatchesPattern(NameRegex(text), name);
}

TEST(Pattern, KeepsWhatWasWritten) {
  ASSERT_OK_AND_ASSIGN(const NamePattern pattern, ParsePattern("A.b*", 2));
  EXPECT_EQ(pattern.text, "A.b*");
}

TEST(Pattern, FoldsOutsideQuotes) {
  EXPECT_EQ(NameRegex("Foo"), "^(foo)$");
  EXPECT_EQ(NameRegex("\"Foo\"BAR"), "^(Foobar)$");
}

TEST(Pattern, TranslatesWildcards) {
  EXPECT_EQ(NameRegex("a*b?"), "^(a.*b.)$");
  EXPECT_EQ(NameRegex("\"a*b?\""), "^(a\\*b\\?)$");
}

TEST(Pattern, DollarIsLiteralEverywhere) {
  EXPECT_EQ(NameRegex("a$"), "^(a\\$)$");
  EXPECT_EQ(NameRegex("\"a$\""), "^(a\\$)$");
}

TEST(Pattern, DoubledQuoteIsAQuote) {
  EXPECT_EQ(NameRegex("\"a\"\"b\""), "^(a\"b)$");
}

TEST(Pattern, RegexCharactersKeepTheirMeaningOutsideQuotes) {
  EXPECT_EQ(NameRegex("a|(b[0-9]+)"), "^(a|(b[0-9]+))$");
  EXPECT_EQ(NameRegex("\"a|b.c\""), "^(a\\|b\\.c)$");
}

TEST(Pattern, EmptyBracketsAreAnArrayType) {
  EXPECT_EQ(NameRegex("int[]"), "^(int\\[])$");
}

TEST(Pattern, DotsSeparateTheParts) {
  ASSERT_OK_AND_ASSIGN(const NamePattern two, ParsePattern("S.\"t.u\"", 2));
  EXPECT_EQ(two.schema, "^(s)$");
  EXPECT_EQ(two.name, "^(t\\.u)$");
  EXPECT_EQ(two.database, "");
  ASSERT_OK_AND_ASSIGN(const NamePattern three, ParsePattern("d.s.t", 3));
  EXPECT_EQ(three.database, "^(d)$");
  ASSERT_OK_AND_ASSIGN(const NamePattern one, ParsePattern("t", 3));
  EXPECT_EQ(one.schema, "");
  EXPECT_EQ(one.name, "^(t)$");
}

TEST(Pattern, TooManyDotsAreUsage) {
  EXPECT_THAT(ParsePattern("a.b", 1), FailsWith(Failure::kUsage));
  EXPECT_THAT(ParsePattern("a.b.c", 2), StatusMessageHas("too many dotted"));
}

TEST(Pattern, OpenQuoteIsUsage) {
  EXPECT_THAT(ParsePattern("\"a", 1), FailsWith(Failure::kUsage));
  EXPECT_THAT(ParsePattern("a\"\"\"", 1), FailsWith(Failure::kUsage));
}

TEST(MatchesPattern, MatchesAsTheServerWould) {
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_TRUE(Matches("a*z", "abcz"));
  EXPECT_FALSE(Matches("a*z", "abc"));
  EXPECT_TRUE(Matches("t_[0-9]+", "t_42"));
  EXPECT_TRUE(Matches("a|b", "b"));
  EXPECT_FALSE(Matches("a|b", "ab"));
  EXPECT_TRUE(Matches("\"A.b$\"", "A.b$"));
  EXPECT_FALSE(Matches("abc", "xabc"));
}

TEST(MatchesPattern, QuestionMarkIsOneCharacterNotOneOctet) {
  EXPECT_TRUE(Matches("gr?ße", "größe"));
  EXPECT_FALSE(Matches("gr??ße", "größe"));
}

TEST(MatchesPattern, EmptyRegexMatchesEverything) {
  EXPECT_TRUE(MatchesPattern("", "anything"));
}

TEST(MatchesPattern, BrokenRegexMatchesNothing) {
  EXPECT_FALSE(Matches("a[", "a["));
  EXPECT_FALSE(Matches("(", "("));
}

TEST(MatchesPattern, AnyQuotedNameMatchesItself) {
  Random random;
  for (int i = 0; i < 500; ++i) {
    std::string name;
    for (uint64_t n = random.Below(12); n > 0; --n)
      name += static_cast<char>(random.Between(0x20, 0x7E));
    std::string quoted = "\"";
    for (char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    ASSERT_TRUE(Matches(quoted + "\"", name)) << name;
  }
}

}  // namespace
}  // namespace pgbale
