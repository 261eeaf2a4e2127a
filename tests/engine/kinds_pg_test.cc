// Every kind of object survives a dump and a restore: one test for each
// fixture in tests/fixtures/kinds.

#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/pg/connection.h"
#include "base/pg/quote.h"
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

// Likewise, without an archive.
class CopyKindTest : public KindTest {};

TEST_P(CopyKindTest, SurvivesCopy) {
  const TestDatabase source;
  LoadFixture(source, GetParam());
  if (HasFatalFailure() || HasNonfatalFailure()) return;
  EXPECT_TRUE(CopySurvives(source));
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, CopyKindTest, ::testing::ValuesIn(FixtureNames()),
    [](const ::testing::TestParamInfo<std::string>& fixture) {
      return fixture.param;
    });

// By COPY in text, and in one transaction.
class CopyRowsTest : public KindTest {};

TEST_P(CopyRowsTest, SurviveInEitherFormAndInOneTransaction) {
  const TestDatabase source;
  LoadFixture(source, GetParam());
  if (HasFatalFailure() || HasNonfatalFailure()) return;
  EXPECT_TRUE(CopySurvives(source, {"-j", "2", "--data-format", "text"}));
  EXPECT_TRUE(CopySurvives(source, {"-1"}));
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, CopyRowsTest,
    ::testing::Values("large_object_data", "table", "table_data"),
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

TEST_F(DatabaseKindTest, TemplateWithOddNameSurvivesCleanAndCreate) {
  // But for line ends, which pg_dump refuses here.
  const std::string name =
      absl::StrCat("Data \"b\" 'q' \\ $$ %s ;-- \té ", getpid(), " ");
  const std::string quoted = pg::QuoteIdentifier(name);
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<pg::Connection> admin,
      pg::Connection::Open(TestServer::Get().options("postgres")));
  ASSERT_OK(admin->Execute(
      absl::StrCat("CREATE DATABASE ", quoted,
                   " TEMPLATE template0 CONNECTION LIMIT 7 IS_TEMPLATE true")));
  ASSERT_OK(admin->Execute(absl::StrCat(
      "ALTER DATABASE ", quoted,
      " SET \"odd.Name\" TO E'it''s \"x\" \\\\ $$ %s ;-- \\n\\t '")));
  ASSERT_OK(admin->Execute(absl::StrCat("COMMENT ON DATABASE ", quoted,
                                        " IS 'not like the others'")));
  const std::string expected = PgDumpText(name, {"--create"});
  const TempDir dir;
  const std::string bale = dir.File("odd.bale");
  const CommandResult dumped = RunCommand({kProgram, "dump", "-f", bale},
                                          TestServer::Get().environment(name));
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  const CommandResult restored = RunCommand(
      {kProgram, "restore", "--clean", "--create", "-d", "postgres", bale},
      TestServer::Get().environment("postgres"));
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(PgDumpText(name, {"--create"}), expected);
  EXPECT_OK(admin->Execute(
      absl::StrCat("ALTER DATABASE ", quoted, " IS_TEMPLATE false")));
  EXPECT_OK(admin->Execute(absl::StrCat("DROP DATABASE ", quoted)));
}

TEST_F(DatabaseKindTest, WithoutCommentsAndPrivilegesIfAsked) {
  const TestDatabase source;
  LoadFixture(source, "database");
  const TempDir dir;
  const std::string bale = dir.File("plain.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  const CommandResult restored =
      RunCommand({kProgram, "restore", "--clean", "--create", "--no-comments",
                  "--no-privileges", "-d", "postgres", bale},
                 TestServer::Get().environment("postgres"));
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(source.Query("SELECT count(*), count(datacl), "
                         "count(shobj_description(oid, 'pg_database')), "
                         "max(datdba::regrole::text) FROM pg_database "
                         "WHERE datname = current_database()"),
            "1|0|0|fixture_owner");
}

}  // namespace
}  // namespace pgbale
