#include "catalog/setting.h"

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(SetClause, QuotesAValueAsOneString) {
  EXPECT_EQ(SetClause("work_mem=12MB"), "SET work_mem TO '12MB'");
  EXPECT_EQ(SetClause("application_name=it's, \"a\"=b"),
            "SET application_name TO 'it''s, \"a\"=b'");
}

TEST(SetClause, QuotesNamesThatAreNotPlain) {
  EXPECT_EQ(SetClause("DateStyle=ISO, DMY"), "SET \"DateStyle\" TO 'ISO, DMY'");
  EXPECT_EQ(SetClause("my.Setting="), "SET \"my.Setting\" TO ''");
}

TEST(SetClause, QuotesEachElementOfAList) {
  EXPECT_EQ(SetClause("search_path=\"$user\", public,  \"a,\"\" b\""),
            "SET search_path TO '$user', 'public', 'a,\" b'");
}

TEST(SetClause, KnowsListsInAnyCase) {
  EXPECT_EQ(SetClause("Search_Path=a, b"), "SET \"Search_Path\" TO 'a', 'b'");
}

TEST(SetClause, KeepsTheEmptyList) {
  EXPECT_EQ(SetClause("search_path=\"\""), "SET search_path TO ''");
  EXPECT_EQ(SetClause("search_path="), "SET search_path TO ''");
}

TEST(SetClause, TakesWhatIsNoListAsOneString) {
  EXPECT_EQ(SetClause("search_path=a,,b"), "SET search_path TO 'a,,b'");
  EXPECT_EQ(SetClause("search_path=\"a"), "SET search_path TO '\"a'");
  EXPECT_EQ(SetClause("search_path=a b"), "SET search_path TO 'a b'");
}

TEST(SetClause, SaysNothingWithoutAValue) { EXPECT_EQ(SetClause("x"), ""); }

}  // namespace
}  // namespace pgbale
