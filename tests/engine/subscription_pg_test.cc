// Publications and subscriptions as parts of a database: who may read them,
// what may be left out, what must not be seen.

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The subscriptions' secrets are in the archive only.
class SubscriptionTest : public ServerTest {
 protected:
  SubscriptionTest() {
    if (!TestServer::available()) return;
    source_.emplace();
    source_->Execute(
        "SET client_min_messages = error; "
        "CREATE SUBSCRIPTION keeps CONNECTION 'password=hidden' PUBLICATION p "
        "WITH (connect = false, slot_name = NONE); "
        "CREATE TABLE t (a integer); CREATE SCHEMA s; "
        "CREATE TABLE s.u (a integer)");
  }

  std::optional<TestDatabase> source_;
  TempDir dir_;
  std::string bale_ = dir_.File("subscription.bale");
};

TEST_F(SubscriptionTest, OthersThanSuperusersAreToldWhatIsMissing) {
  source_->Execute(
      "GRANT USAGE ON SCHEMA s TO fixture_reader; "
      "GRANT SELECT ON t, s.u TO fixture_reader");
  const CommandResult dumped =
      RunPgbale(*source_, {"dump", "--role", "fixture_reader", "-f", bale_});
  EXPECT_EQ(dumped.exit_code, 3) << dumped.err;
  EXPECT_THAT(
      dumped.err,
      HasSubstr("subscription \"keeps\" is left out: only a superuser"));
  EXPECT_TRUE(
      DumpAndVerify(*source_, dir_.File("without.bale"),
                    {"--role", "fixture_reader", "--no-subscriptions"}));
  EXPECT_TRUE(DumpAndVerify(*source_, dir_.File("table.bale"),
                            {"--role", "fixture_reader", "-t", "t"}));
}

TEST_F(SubscriptionTest, ConnectionStringsAreNeverShown) {
  const CommandResult dumped = RunPgbale(*source_, {"dump", "-v", "-f", bale_});
  EXPECT_EQ(dumped.exit_code, 0);
  const CommandResult verified = RunPgbale(*source_, {"verify", "-v", bale_});
  EXPECT_THAT(dumped.out + dumped.err + verified.out + verified.err,
              Not(HasSubstr("hidden")));
  for (const Words& words :
       {Words{"list", bale_}, Words{"list", "--json", bale_},
        // It stands there: an error that names the statement.
        Words{"restore", "-v", "--allow-non-empty", "--section=post-data", "-d",
              source_->name(), bale_},
        Words{"restore", "-v", "--allow-non-empty", "--section=post-data",
              "--json", "--on-error=continue", "-d", source_->name(), bale_}}) {
    const CommandResult result = RunPgbale(*source_, words);
    EXPECT_THAT(result.out + result.err,
                AllOf(HasSubstr("keeps"), Not(HasSubstr("hidden"))))
        << words.front();
  }
}

TEST_F(SubscriptionTest, RestoreTellsThatItIsNotConnected) {
  ASSERT_TRUE(DumpAndVerify(*source_, bale_));
  const TestDatabase copy;
  const CommandResult restored =
      RunPgbale(copy, {"restore", "-d", copy.name(), bale_});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(restored.err,
              AllOf(HasSubstr("1 subscription is restored without a "
                              "connection"),
                    HasSubstr("ALTER SUBSCRIPTION … ENABLE")));
}

TEST_F(SubscriptionTest, AndPublicationsCanBeLeftOut) {
  source_->Execute("CREATE PUBLICATION p FOR TABLE t");
  constexpr absl::string_view kCount =
      "SELECT (SELECT count(*) FROM pg_publication), "
      "(SELECT count(*) FROM pg_subscription s JOIN pg_database d "
      "ON d.oid = s.subdbid WHERE d.datname = current_database())";
  const Words without = {"--no-publications", "--no-subscriptions"};
  const TestDatabase one, other;
  ASSERT_TRUE(DumpAndVerify(*source_, bale_));
  ASSERT_TRUE(RestoreInto(one, bale_, without));
  EXPECT_EQ(one.Query(kCount), "0|0");
  ASSERT_TRUE(DumpAndVerify(*source_, dir_.File("without.bale"), without));
  ASSERT_TRUE(RestoreInto(other, dir_.File("without.bale")));
  EXPECT_EQ(other.Query(kCount), "0|0");
}

TEST_F(SubscriptionTest, PartsOfADatabaseComeWithoutPublications) {
  source_->Execute("CREATE PUBLICATION p FOR TABLE t, s.u");
  EXPECT_TRUE(PartialRoundTrip(*source_, {"-t", "t"}));
  EXPECT_TRUE(PartialRoundTrip(*source_, {"-n", "s"}));
  // What pg_dump 18 makes of -T names the table that is left out.
  const TestDatabase copy;
  ASSERT_TRUE(DumpAndVerify(*source_, bale_, {"-T", "t"}));
  ASSERT_TRUE(RestoreInto(copy, bale_));
  EXPECT_EQ(copy.Query("SELECT prrelid::regclass FROM pg_publication_rel"),
            "s.u");
}

TEST_F(SubscriptionTest, CleanReplacesPublicationsAndSubscriptions) {
  source_->Execute("CREATE PUBLICATION p FOR TABLE t");
  const std::string expected = PgDumpText(source_->name(), {});
  ASSERT_TRUE(DumpAndVerify(*source_, bale_));
  ASSERT_TRUE(RestoreInto(*source_, bale_, {"--clean"}));
  EXPECT_EQ(PgDumpText(source_->name(), {}), expected);
}

}  // namespace
}  // namespace pgbale
