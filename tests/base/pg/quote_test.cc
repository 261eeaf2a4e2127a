#include "base/pg/quote.h"

#include "gtest/gtest.h"

namespace pgbale::pg {
namespace {

TEST(QuoteIdentifier, LeavesPlainNamesAlone) {
  for (const char* name : {"a", "_x", "a1_b2", "name", "type", "abort"})
    EXPECT_EQ(QuoteIdentifier(name), name);
}

TEST(QuoteIdentifier, QuotesAllElse) {
  EXPECT_EQ(QuoteIdentifier("Foo"), "\"Foo\"");
  EXPECT_EQ(QuoteIdentifier("a b"), "\"a b\"");
  EXPECT_EQ(QuoteIdentifier("1a"), "\"1a\"");
  EXPECT_EQ(QuoteIdentifier("a$"), "\"a$\"");
  EXPECT_EQ(QuoteIdentifier("größe"), "\"größe\"");
  EXPECT_EQ(QuoteIdentifier(""), "\"\"");
}

TEST(QuoteIdentifier, DoublesQuotes) {
  EXPECT_EQ(QuoteIdentifier("a\"; DROP"), "\"a\"\"; DROP\"");
}

TEST(QuoteIdentifier, QuotesKeywordsOfEveryVersion) {
  for (const char* word : {"select", "between", "authorization", "json_table",
                           "merge_action", "system_user"})
    EXPECT_EQ(QuoteIdentifier(word), "\"" + std::string(word) + "\"");
}

TEST(QualifiedName, LeavesAnEmptySchemaOut) {
  EXPECT_EQ(QualifiedName("", "t"), "t");
  EXPECT_EQ(QualifiedName("My s", "t"), "\"My s\".t");
}

TEST(QuoteLiteral, DoublesQuotesOnly) {
  EXPECT_EQ(QuoteLiteral("it's \\ \"x\""), "'it''s \\ \"x\"'");
  EXPECT_EQ(QuoteLiteral(""), "''");
}

TEST(DollarQuote, ChoosesATagThatIsNotInTheText) {
  EXPECT_EQ(DollarQuote("a"), "$$a$$");
  EXPECT_EQ(DollarQuote("a $$ b"), "$_$a $$ b$_$");
  EXPECT_EQ(DollarQuote("$_$"), "$_X$$_$$_X$");
}

TEST(DollarQuote, TextThatEndsInATagBeginDoesNotCloseEarly) {
  EXPECT_EQ(DollarQuote("a$"), "$_$a$$_$");
  EXPECT_EQ(DollarQuote("a$_"), "$_X$a$_$_X$");
}

}  // namespace
}  // namespace pgbale::pg
