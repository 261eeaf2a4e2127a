// Restores into a server that has other roles than the source had.

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Everything that can name a role, by roles OLD and KEPT.
constexpr absl::string_view kDefinitions = R"(
  CREATE SCHEMA s AUTHORIZATION OLD;
  CREATE TABLE s.t (a integer);
  ALTER TABLE s.t OWNER TO OLD;
  GRANT USAGE ON SCHEMA s TO KEPT;
  GRANT SELECT ON s.t TO KEPT, OLD;
  GRANT UPDATE (a) ON s.t TO OLD WITH GRANT OPTION;
  SET SESSION AUTHORIZATION OLD;
  GRANT INSERT ON s.t TO KEPT WITH GRANT OPTION;
  RESET SESSION AUTHORIZATION;
  SET SESSION AUTHORIZATION KEPT;
  GRANT INSERT ON s.t TO OLD;
  RESET SESSION AUTHORIZATION;
  CREATE POLICY pair ON s.t TO OLD, KEPT USING (a > 0);
  CREATE POLICY one ON s.t TO OLD USING (a > 1);
  COMMENT ON POLICY one ON s.t IS 'OLD';
  ALTER DEFAULT PRIVILEGES FOR ROLE OLD IN SCHEMA s GRANT SELECT ON TABLES
    TO KEPT;
  ALTER DEFAULT PRIVILEGES FOR ROLE KEPT IN SCHEMA s GRANT SELECT ON TABLES
    TO OLD;
  CREATE FOREIGN DATA WRAPPER w;
  CREATE SERVER v FOREIGN DATA WRAPPER w;
  CREATE USER MAPPING FOR OLD SERVER v OPTIONS (x 'OLD');
  INSERT INTO s.t VALUES (1), (2);
)";

class RoleChangesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    for (const char* name : {"old", "kept", "new"})
      source_.Execute(absl::StrCat("CREATE ROLE ", role(name)));
    source_.Execute(Definitions("old"));
    ASSERT_TRUE(DumpAndVerify(source_, bale()));
  }
  void TearDown() override {
    for (const char* name : {"old", "kept", "new"}) {
      if (source_.Query(absl::StrCat("SELECT count(*) FROM pg_roles WHERE "
                                     "rolname = '",
                                     role(name), "'")) == "0")
        continue;
      for (const TestDatabase* database : {&source_, &target_, &expected_})
        database->Execute(
            absl::StrCat("DROP OWNED BY ", role(name), " CASCADE"));
      source_.Execute(absl::StrCat("DROP ROLE ", role(name)));
    }
  }

  std::string role(absl::string_view name) const {
    return absl::StrCat(source_.name(), "_", name);
  }
  // kDefinitions with role `name` in the place of OLD.
  std::string Definitions(absl::string_view name) const {
    return absl::StrReplaceAll(
        kDefinitions,
        {{"'OLD'", "'text'"}, {"OLD", role(name)}, {"KEPT", role("kept")}});
  }
  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Restore(Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale()});
    return RunPgbale(target_, words);
  }
  void DropOld() const {
    source_.Execute(absl::StrCat("DROP OWNED BY ", role("old"),
                                 " CASCADE; DROP ROLE ", role("old")));
  }

  const TestDatabase source_, target_, expected_;
  const TempDir dir_;
};

TEST_F(RoleChangesTest, EverythingThatNamesARoleIsMapped) {
  expected_.Execute(Definitions("new"));
  const CommandResult result =
      Restore({"--map-role", role("old") + "=" + role("new")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(EqualDatabases(expected_.name(), target_.name()));
}

TEST_F(RoleChangesTest, MissingRoleIsAProblemBeforeAnythingIsWritten) {
  DropOld();
  const CommandResult result = Restore({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("role \"" + role("old") + "\" does not exist"),
                    HasSubstr("--map-role")));
  EXPECT_EQ(target_.Query("SELECT to_regnamespace('s') IS NULL"), "t");
}

TEST_F(RoleChangesTest, NewRoleThatDoesNotExistIsAProblem) {
  const CommandResult result =
      Restore({"--map-role", role("old") + "=nobody at all"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("role \"nobody at all\" does not exist"));
}

TEST_F(RoleChangesTest, OldRoleThatNothingNamesIsAnError) {
  const CommandResult result = Restore({"--map-role", "nobody=somebody"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("nothing in the archive names role "
                                    "\"nobody\" of --map-role"));
  EXPECT_EQ(Restore({"--map-role", "nobody"}).exit_code, 2);
  EXPECT_EQ(Restore({"--map-role", "a=b", "--map-role", "a=c"}).exit_code, 2);
}

TEST_F(RoleChangesTest, WhatNamesMissingRolesIsLeftOutAndListed) {
  DropOld();
  const CommandResult result = Restore({"--skip-missing-roles"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("left out the owner of table \"s.t\": role \"" +
                              role("old") + "\" does not exist"),
                    HasSubstr("left out policy \"s.one\" of \"t\""),
                    HasSubstr("left out a role of policy \"s.pair\" of \"t\""),
                    HasSubstr("left out user mapping")));
  EXPECT_EQ(target_.Query("SELECT count(*) FROM s.t"), "2");
  EXPECT_EQ(target_.Query("SELECT string_agg(polname || ' ' || "
                          "polroles::regrole[]::text, ';') FROM pg_policy"),
            "pair {" + role("kept") + "}");
  EXPECT_EQ(target_.Query(absl::StrCat("SELECT has_table_privilege('",
                                       role("kept"), "', 's.t', 'SELECT')")),
            "t");
}

TEST_F(RoleChangesTest, DryRunListsWhatWouldBeLeftOut) {
  DropOld();
  const CommandResult result = Restore({"--skip-missing-roles", "--dry-run"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("left out policy \"s.one\""));
}

TEST_F(RoleChangesTest, NothingIsSkippedWhereAllRolesStand) {
  const CommandResult result = Restore({"--skip-missing-roles"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

TEST_F(RoleChangesTest, NoOwnerAndNoPrivilegesNeedNoRoleForThem) {
  source_.Execute("DROP USER MAPPING FOR " + role("old") + " SERVER v");
  source_.Execute("DROP POLICY one ON s.t; DROP POLICY pair ON s.t");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  DropOld();
  const CommandResult result = Restore({"--no-owner", "--no-privileges"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(target_.Query("SELECT count(*) FROM pg_class WHERE relacl IS NOT "
                          "NULL AND oid >= 16384"),
            "0");
  EXPECT_EQ(target_.Query("SELECT count(*) FROM pg_default_acl"), "0");
}

}  // namespace
}  // namespace pgbale
