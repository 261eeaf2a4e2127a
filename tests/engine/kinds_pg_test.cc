// Every kind of object survives a dump and a restore: one test for each
// fixture in tests/fixtures/kinds.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/pg/connection.h"
#include "tests/support/fixtures.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

class KindTest : public ServerTest,
                 public ::testing::WithParamInterface<std::string> {};

TEST_P(KindTest, SurvivesRoundTrip) {
  const TestDatabase source;
  LoadFixture(source, GetParam());
  if (HasFatalFailure() || HasNonfatalFailure()) return;
  EXPECT_TRUE(RoundTrip(source));
  EXPECT_TRUE(DefinitionsSurvive(source));
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, KindTest, ::testing::ValuesIn(FixtureNames()),
    [](const ::testing::TestParamInfo<std::string>& fixture) {
      return fixture.param;
    });

// The database itself, which only --create restores.
class DatabaseKindTest : public ServerTest {
 protected:
  // Loads `fixture`, dumps, moves the source out of the way, has --create make
  // it anew, and compares.
  void CreateRoundTrip(const std::string& fixture) {
    const TestDatabase source;
    const std::string renamed = absl::StrCat(source.name(), "_renamed");
    LoadFixture(source, fixture);
    const TempDir dir;
    const std::string bale = dir.File("created.bale");
    ASSERT_TRUE(DumpAndVerify(source, bale));
    const Words create = {"--schema-only", "--create"};
    const std::string expected = PgDumpText(source.name(), create);
    ASSERT_OK_AND_ASSIGN(
        const std::unique_ptr<pg::Connection> admin,
        pg::Connection::Open(TestServer::Get().options("postgres")));
    ASSERT_OK(admin->Execute(absl::StrCat("ALTER DATABASE ", source.name(),
                                          " RENAME TO ", renamed)));
    const CommandResult restored =
        RunCommand({kProgram, "restore", "--create", "-d", "postgres", bale},
                   TestServer::Get().environment("postgres"));
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
    EXPECT_EQ(PgDumpText(source.name(), create), expected);
    EXPECT_TRUE(EqualDatabases(renamed, source.name()));
    EXPECT_OK(admin->Execute(
        absl::StrCat("DROP DATABASE ", renamed, " WITH (FORCE)")));
  }
};

TEST_F(DatabaseKindTest, OwnerCommentAndPrivilegesSurviveCreate) {
  CreateRoundTrip("database");
}

TEST_F(DatabaseKindTest, SettingsSurviveCreate) {
  CreateRoundTrip("database_properties");
}

}  // namespace
}  // namespace pgbale
