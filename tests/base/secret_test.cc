#include "base/secret.h"

#include <sstream>

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(Secret, PrintsAsStars) {
  std::ostringstream out;
  out << Secret("hunter2");
  EXPECT_EQ(out.str(), "***");
}

TEST(Secret, EmptyPrintsNothing) {
  std::ostringstream out;
  out << Secret();
  EXPECT_EQ(out.str(), "");
  EXPECT_TRUE(Secret().empty());
}

TEST(Secret, RevealGivesTheText) {
  EXPECT_EQ(Secret("hunter2").reveal(), "hunter2");
}

TEST(RedactConnectionString, HidesThePasswordOfAUri) {
  EXPECT_EQ(RedactConnectionString("postgres://me:hunter2@host:5432/db"),
            "postgres://me:***@host:5432/db");
  EXPECT_EQ(RedactConnectionString("mysql://me:hunter2@host/db"),
            "mysql://me:***@host/db");
}

TEST(RedactConnectionString, HidesAPasswordWithUnescapedSeparators) {
  for (const char* password :
       {"hun@ter2", "hun/ter2", "hun ter2", "hun:er2", "hun?ter2"}) {
    const std::string text =
        std::string("postgresql://me:") + password + "@host/db";
    EXPECT_EQ(RedactConnectionString(text), "postgresql://me:***@host/db");
  }
}

TEST(RedactConnectionString, HidesThePasswordInAQuery) {
  EXPECT_EQ(RedactConnectionString("postgres://h/db?password=hunter2&user=me"),
            "postgres://h/db?password=***&user=me");
  EXPECT_EQ(RedactConnectionString("postgres://h/db?sslpassword=hunter2"),
            "postgres://h/db?sslpassword=***");
}

TEST(RedactConnectionString, HidesThePasswordOfAKeywordList) {
  EXPECT_EQ(RedactConnectionString("host=h password=hunter2 user=me"),
            "host=h password=*** user=me");
  EXPECT_EQ(RedactConnectionString("PASSWORD = 'hun\\'ter 2' user=me"),
            "PASSWORD = *** user=me");
}

TEST(RedactConnectionString, HidesTheRestOfAPasswordThatLacksQuotes) {
  EXPECT_EQ(RedactConnectionString("password=hunter 2 user=me"),
            "password=*** user=me");
  EXPECT_EQ(RedactConnectionString("password='hunter 2"), "password=***");
}

TEST(RedactConnectionString, LeavesAllElse) {
  for (const char* text :
       {"", "mydb", "postgres://me@host/db", "postgres://host:5432/db",
        "host=h user=me", "reset my password", "passfile=/p user=me"})
    EXPECT_EQ(RedactConnectionString(text), text);
}

}  // namespace
}  // namespace pgbale
