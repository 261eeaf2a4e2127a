// The planner's statistics: dumped from any server, restored into 18 and
// later.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/fixtures.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kAnalyzed =
    "SELECT tablename, attname, inherited FROM pg_stats "
    "WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1, 2, 3";

class Statistics : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const auto admin =
        pg::Connection::Open(TestServer::Get().options("postgres"));
    ASSERT_OK(admin);
    server_major_ = (*admin)->server_major();
  }

  static void LoadFixture(const TestDatabase& database) {
    pgbale::LoadFixture(database, "relation_statistics");
  }

  // What the archive lists of them.
  static int CountIn(const std::string& bale) {
    const CommandResult list = RunCommand({kProgram, "list", bale});
    EXPECT_EQ(list.exit_code, 0) << list.err;
    int count = 0;
    for (size_t at = 0;
         (at = list.out.find("STATISTICS DATA", at)) != std::string::npos; ++at)
      ++count;
    return count;
  }

  int server_major_ = 0;
  TempDir dir_;
  std::string bale_ = dir_.File("statistics.bale");
};

TEST_F(Statistics, SurviveRoundTrip) {
  if (server_major_ < 18) GTEST_SKIP() << "only 18 and later take statistics";
  const TestDatabase source, copy;
  LoadFixture(source);
  ASSERT_TRUE(DumpAndVerify(source, bale_, {"-j", "2", "--statistics"}));
  ASSERT_TRUE(RestoreInto(copy, bale_, {"-j", "2"}));
  EXPECT_EQ(PgDumpText(copy.name(), {"--statistics-only"}),
            PgDumpText(source.name(), {"--statistics-only"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(Statistics, ComeAloneIntoAFilledDatabase) {
  if (server_major_ < 18) GTEST_SKIP() << "only 18 and later take statistics";
  const TestDatabase source, copy;
  LoadFixture(source);
  ASSERT_TRUE(CopyByPgDump(source, copy, {}));
  ASSERT_TRUE(DumpAndVerify(source, bale_, {"--statistics-only"}));
  ASSERT_TRUE(RestoreInto(copy, bale_));
  EXPECT_EQ(PgDumpText(copy.name(), {"--statistics-only"}),
            PgDumpText(source.name(), {"--statistics-only"}));
}

TEST_F(Statistics, CanBeRestoredAlone) {
  if (server_major_ < 18) GTEST_SKIP() << "only 18 and later take statistics";
  const TestDatabase source, copy;
  LoadFixture(source);
  ASSERT_TRUE(CopyByPgDump(source, copy, {}));
  ASSERT_TRUE(DumpAndVerify(source, bale_, {"--statistics"}));
  ASSERT_TRUE(RestoreInto(copy, bale_, {"--statistics-only"}));
  EXPECT_EQ(copy.Query(kAnalyzed), source.Query(kAnalyzed));
}

TEST_F(Statistics, OlderTargetIsToldHowManyAreLeftOut) {
  if (server_major_ >= 18) GTEST_SKIP() << "this server takes statistics";
  const TestDatabase source, copy;
  LoadFixture(source);
  ASSERT_TRUE(DumpAndVerify(source, bale_, {"--statistics"}));
  const CommandResult restored =
      RunPgbale(copy, {"restore", "-d", copy.name(), bale_});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(restored.err,
              AllOf(HasSubstr(absl::StrCat("left out the statistics of ",
                                           CountIn(bale_), " relations")),
                    HasSubstr("run ANALYZE")));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(Statistics, AreNotDumpedUnlessAsked) {
  const TestDatabase source;
  LoadFixture(source);
  ASSERT_TRUE(DumpAndVerify(source, bale_));
  EXPECT_EQ(CountIn(bale_), 0);
}

TEST_F(Statistics, CanBeLeftOutOfTheRestore) {
  const TestDatabase source, copy;
  LoadFixture(source);
  ASSERT_TRUE(DumpAndVerify(source, bale_, {"--statistics"}));
  EXPECT_GT(CountIn(bale_), 10);
  ASSERT_TRUE(RestoreInto(copy, bale_, {"--no-statistics"}));
  EXPECT_THAT(copy.Query(kAnalyzed), IsEmpty());
}

TEST_F(Statistics, AreDataThatADumpOfDefinitionsLeavesOut) {
  const TestDatabase source;
  const CommandResult dumped =
      RunPgbale(source, {"dump", "-s", "--statistics", "-f", bale_});
  EXPECT_EQ(dumped.exit_code, 2);
  EXPECT_THAT(dumped.err, HasSubstr("options -s/--schema-only and --statistics "
                                    "exclude each other"));
}

TEST_F(Statistics, OfOneTableComeWithIt) {
  const TestDatabase source;
  LoadFixture(source);
  ASSERT_TRUE(
      DumpAndVerify(source, bale_, {"--statistics", "-t", "other.sorts"}));
  EXPECT_EQ(CountIn(bale_), 1);
}

}  // namespace
}  // namespace pgbale
