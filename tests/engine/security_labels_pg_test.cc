// Security labels survive a dump and a restore, on a server that has a label
// provider.

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/fixtures.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What a dump holds, but for what the server's databases share.
constexpr absl::string_view kLabels =
    "SELECT objtype, objname, provider, label FROM pg_seclabels "
    "WHERE objtype NOT IN ('role', 'tablespace', 'subscription', 'database') "
    "OR objtype = 'database' AND objname = quote_ident(current_database()) "
    "ORDER BY 1, 2, 3";

// All sessions of the test load the provider, those of pgbale and psql too.
class SecurityLabels : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const std::string module = ModuleName();
    ASSERT_TRUE(std::filesystem::exists(absl::StrCat(kModules, "/", module)))
        << module << " is not built";
    // The server's user may not see the build folder.
    std::filesystem::permissions(dir_.path(),
                                 std::filesystem::perms::others_exec |
                                     std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    std::filesystem::copy_file(absl::StrCat(kModules, "/", module),
                               dir_.File(module));
    setenv("PGOPTIONS",
           absl::StrCat("-c session_preload_libraries=", dir_.File(module))
               .c_str(),
           1);
  }
  void TearDown() override { unsetenv("PGOPTIONS"); }

  static std::string ModuleName() {
    const auto admin =
        pg::Connection::Open(TestServer::Get().options("postgres"));
    EXPECT_OK(admin);
    return absl::StrCat("label_provider_",
                        admin.ok() ? (*admin)->server_major() : 0, ".so");
  }

  static void LoadFixture(const TestDatabase& database) {
    pgbale::LoadFixture(database, "../security_label");
  }

 private:
  TempDir dir_;
};

TEST_F(SecurityLabels, SurviveOnEveryKindOfObject) {
  const TestDatabase source, copy;
  LoadFixture(source);
  const TempDir dir;
  const std::string bale = dir.File("labels.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale, {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(copy, bale, {"-j", "2"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
  EXPECT_EQ(copy.Query("SELECT count(*) > 25 FROM pg_seclabels"), "t");
  // The database itself is not restored: it was there.
  source.Execute(absl::StrCat("SECURITY LABEL FOR dummy ON DATABASE ",
                              source.name(), " IS NULL"));
  EXPECT_EQ(copy.Query(kLabels), source.Query(kLabels));
}

// pg_dump prints them in any order.
TEST_F(SecurityLabels, OfTwoProvidersOnOneObjectSurvive) {
  const TestDatabase source, copy;
  source.Execute(
      "CREATE TABLE t (a integer); "
      "SECURITY LABEL FOR dummy ON TABLE t IS 'one'; "
      "SECURITY LABEL FOR dummy ON COLUMN t.a IS 'one'; "
      "SECURITY LABEL FOR \"Provider \"\"p\"\" 'q' \\ $$ %s;--\" ON TABLE t "
      "IS 'other'; "
      "SECURITY LABEL FOR \"Provider \"\"p\"\" 'q' \\ $$ %s;--\" "
      "ON COLUMN t.a IS 'other'");
  const TempDir dir;
  const std::string bale = dir.File("labels.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  ASSERT_TRUE(RestoreInto(copy, bale));
  EXPECT_EQ(copy.Query("SELECT count(*) FROM pg_seclabels WHERE objtype IN "
                       "('table', 'column')"),
            "4");
  EXPECT_EQ(copy.Query(kLabels), source.Query(kLabels));
}

TEST_F(SecurityLabels, OfTheDatabaseSurvivesCreate) {
  const TempDir dir;
  const std::string bale = dir.File("labels.bale");
  const TestDatabase source;
  LoadFixture(source);
  ASSERT_TRUE(DumpAndVerify(source, bale));
  const std::string expected = source.Query(kLabels);
  EXPECT_THAT(expected, HasSubstr("|dummy|database"));
  // One with subscriptions cannot be dropped.
  source.Execute("DROP SUBSCRIPTION \"Sub \"\"s\"\"\"");
  const CommandResult restored = RunCommand(
      {kProgram, "restore", "--create", "--clean", "-d", "postgres", bale},
      TestServer::Get().environment("postgres"));
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(source.Query(kLabels), expected);
}

TEST_F(SecurityLabels, OfRolesAndTablespacesSurviveGlobals) {
  constexpr absl::string_view kOfTheServer =
      "SELECT objtype, objname, label FROM pg_seclabels "
      "WHERE objtype IN ('role', 'tablespace') ORDER BY 1, 2";
  const PrivateServer source, target;
  source.Execute(
      "CREATE ROLE \"Ro \"\"le\"; "
      "SECURITY LABEL FOR dummy ON ROLE \"Ro \"\"le\" IS 'it''s a role'; "
      "SECURITY LABEL FOR dummy ON TABLESPACE pg_default IS 'a place'");
  const TempDir dir;
  const std::string bale = dir.File("globals.bale");
  const CommandResult dumped = source.RunPgbale({"dump", "-g", "-f", bale});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  const CommandResult restored =
      target.RunPgbale({"restore", "--globals", "-d", "postgres", bale});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(target.Query(kOfTheServer),
            "role|\"Ro \"\"le\"|it's a role\n"
            "tablespace|pg_default|a place");
}

TEST_F(SecurityLabels, NeedTheirProviderInTheTarget) {
  const TestDatabase source, copy;
  source.Execute(
      "CREATE TABLE t (a integer); SECURITY LABEL FOR dummy ON TABLE t IS 'x'");
  const TempDir dir;
  const std::string bale = dir.File("labels.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  unsetenv("PGOPTIONS");
  const CommandResult refused =
      RunPgbale(copy, {"restore", "-d", copy.name(), bale});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("label provider \"dummy\" is not loaded"));
  EXPECT_THAT(refused.err, HasSubstr("or use --no-security-labels"));
}

TEST_F(SecurityLabels, CanBeLeftOutOfTheDump) {
  const TestDatabase source, copy;
  LoadFixture(source);
  const TempDir dir;
  const std::string bale = dir.File("labels.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale, {"--no-security-labels"}));
  ASSERT_TRUE(RestoreInto(copy, bale));
  EXPECT_THAT(copy.Query(kLabels), IsEmpty());
}

TEST_F(SecurityLabels, CanBeLeftOutOfTheRestore) {
  const TestDatabase source, copy;
  LoadFixture(source);
  const TempDir dir;
  const std::string bale = dir.File("labels.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  ASSERT_TRUE(RestoreInto(copy, bale, {"--no-security-labels"}));
  EXPECT_THAT(copy.Query(kLabels), IsEmpty());
  EXPECT_THAT(copy.Query("SELECT count(*) FROM labelled"), Not(IsEmpty()));
}

// As pg_dump: a column's label comes with its table, and nothing else.
TEST_F(SecurityLabels, OfATableComeWithIt) {
  const TestDatabase source;
  LoadFixture(source);
  EXPECT_TRUE(PartialRoundTrip(source, {"-t", "labelled"}));
}

}  // namespace
}  // namespace pgbale
