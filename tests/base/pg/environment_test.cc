#include "base/pg/environment.h"

#include "tests/support/status_matchers.h"

namespace pgbale::pg {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(EnvironmentOf, NamesWhatTheUserGaveAndNothingElse) {
  EXPECT_THAT(*EnvironmentOf(ConnectOptions()), IsEmpty());
  ConnectOptions options;
  options.parameters = {{"dbname", "shop"}, {"host", "db1"}, {"port", "5433"}};
  options.password = Secret("geheim");
  const auto environment = EnvironmentOf(options);
  ASSERT_OK(environment.status());
  EXPECT_THAT(*environment, UnorderedElementsAre(Pair("PGDATABASE", "shop"),
                                                 Pair("PGHOST", "db1"),
                                                 Pair("PGPORT", "5433"),
                                                 Pair("PGPASSWORD", "geheim")));
}

TEST(EnvironmentOf, AUriIsTakenApartAndWhatComesLaterWins) {
  ConnectOptions options;
  options.parameters = {
      {"dbname", "postgresql://me:pw@db1/shop?sslmode=require"},
      {"host", "db2"}};
  const auto environment = EnvironmentOf(options);
  ASSERT_OK(environment.status());
  EXPECT_THAT(
      *environment,
      UnorderedElementsAre(Pair("PGDATABASE", "shop"), Pair("PGHOST", "db2"),
                           Pair("PGUSER", "me"), Pair("PGPASSWORD", "pw"),
                           Pair("PGSSLMODE", "require")));
}

TEST(EnvironmentOf, WhatHasNoVariableIsAnErrorThatNamesIt) {
  ConnectOptions options;
  options.parameters = {{"dbname", "dbname=a keepalives=0"}};
  EXPECT_THAT(EnvironmentOf(options),
              StatusMessageHas("connection parameter \"keepalives\""));
}

TEST(EnvironmentOf, ABadConnectionStringIsAUsageErrorWithoutItsPassword) {
  ConnectOptions options;
  options.parameters = {{"dbname", "password=geheim nonsense"}};
  const auto environment = EnvironmentOf(options);
  EXPECT_THAT(environment, FailsWith(Failure::kUsage));
  EXPECT_THAT(environment, Not(StatusMessageHas("geheim")));
}

std::string Shown(const std::string& dbname, const std::string& later = "") {
  ConnectOptions options;
  options.parameters = {{"dbname", dbname}};
  if (!later.empty()) options.parameters.emplace_back("dbname", later);
  options.password = Secret("geheim");
  return ConnectionStringOf(options);
}

TEST(ConnectionStringOf, IsANameIfNothingElseIsSaid) {
  EXPECT_EQ(ConnectionStringOf(ConnectOptions()), "");
  EXPECT_EQ(Shown("shop"), "shop");
  EXPECT_EQ(Shown("shop", "postgres"), "postgres");
  EXPECT_EQ(Shown("dbname=shop"), "shop");
  // A name that looks like more must not be taken apart.
  EXPECT_EQ(Shown("shop", "a=b"), "dbname='a=b'");
}

TEST(ConnectionStringOf, KeepsAllButPasswords) {
  EXPECT_EQ(Shown("postgresql://me:pw@db1/shop", "postgres"),
            "dbname='postgres' host='db1' password='***' user='me'");
  EXPECT_EQ(Shown("host=/tmp/it\\'s port=5433"),
            "host='/tmp/it\\'s' port='5433'");
}

}  // namespace
}  // namespace pgbale::pg
