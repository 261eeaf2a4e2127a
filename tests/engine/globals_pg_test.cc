// Roles, tablespaces and what else belongs to a server survive a dump and a
// restore into another server, judged by pg_dumpall.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/paths.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

std::string Fixture(const std::string& name) {
  std::ifstream in(
      absl::StrCat(kSourceDir, "/tests/fixtures/server/", name, ".sql"));
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

class GlobalsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped()) return;
    source_ = std::make_unique<PrivateServer>();
    target_ = std::make_unique<PrivateServer>();
    // The servers' user has to pass.
    std::filesystem::permissions(dir_.path(),
                                 std::filesystem::perms::owner_all |
                                     std::filesystem::perms::others_exec |
                                     std::filesystem::perms::group_exec);
  }

  std::string bale() const { return dir_.File("globals.bale"); }

  void LoadRoles() {
    for (const char* kind :
         {"role", "role_setting", "role_membership", "parameter_privileges"})
      source_->Execute(Fixture(kind));
  }
  void LoadTablespaces() {
    MakeFolders();
    source_->Execute(Fixture("tablespace"), "postgres",
                     {"-v", absl::StrCat("base=", dir_.File("spaces"))});
  }
  // New ones for the target in the places of the source's, for no two servers
  // can use the same. The source has nothing in them.
  void MoveFolders() {
    std::filesystem::rename(dir_.File("spaces"), dir_.File("old-spaces"));
    MakeFolders();
  }

  void Dump(const Words& words) {
    Words all = {"dump", "-f", bale()};
    all.insert(all.end(), words.begin(), words.end());
    const CommandResult dumped = source_->RunPgbale(all);
    ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
  }
  CommandResult Restore(const Words& words = {}) {
    Words all = {"restore", "--globals", "-d", "postgres", bale()};
    all.insert(all.end(), words.begin(), words.end());
    return target_->RunPgbale(all);
  }
  void ExpectRestored(const Words& words = {}) {
    const CommandResult restored = Restore(words);
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
  }
  // pg_dumpall prints the same of both.
  void ExpectEqual(const Words& options) {
    const std::string expected = source_->DumpAll(options);
    EXPECT_THAT(expected, HasSubstr("CREATE ROLE plain"));
    EXPECT_EQ(target_->DumpAll(options), expected);
  }

  TempDir dir_;
  std::unique_ptr<PrivateServer> source_, target_;

 private:
  void MakeFolders() {
    for (const char* name : {"", "/one", "/two", "/\"a\" folder"})
      source_->MakeFolder(absl::StrCat(dir_.File("spaces"), name));
  }
};

TEST_F(GlobalsTest, RolesAndTablespacesAreEqualInAnotherServer) {
  LoadRoles();
  LoadTablespaces();
  Dump({"--globals-only"});
  const std::string expected = source_->DumpAll({"-g"});
  MoveFolders();
  ExpectRestored();
  EXPECT_THAT(expected, HasSubstr("CREATE TABLESPACE fast"));
  EXPECT_EQ(target_->DumpAll({"-g"}), expected);
}

// pg_dumpall leaves these out.
TEST_F(GlobalsTest, WhatPgDumpallForgetsIsRestoredToo) {
  LoadRoles();
  LoadTablespaces();
  Dump({"-g"});
  MoveFolders();
  ExpectRestored();
  EXPECT_EQ(target_->Query("SELECT setconfig FROM pg_db_role_setting "
                           "WHERE setrole = 0 AND setdatabase = 0"),
            "{\"my.all=for all\"}");
  EXPECT_EQ(target_->Query("SELECT shobj_description(oid, 'pg_authid') "
                           "FROM pg_roles WHERE rolname = 'pg_monitor'"),
            "watches");
  EXPECT_EQ(target_->Query("SELECT spcoptions, spcacl, "
                           "shobj_description(oid, 'pg_tablespace') "
                           "FROM pg_tablespace WHERE spcname = 'pg_default'"),
            "{random_page_cost=3.25}|{postgres=C/postgres,login=C/postgres}|"
            "the usual one");
}

TEST_F(GlobalsTest, ASecondRestoreChangesNothing) {
  LoadRoles();
  Dump({"--roles-only"});
  ExpectRestored();
  const CommandResult again = Restore();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, Not(HasSubstr("changed")));
  ExpectEqual({"-r"});
}

TEST_F(GlobalsTest, RolesThatStandAreAlteredToMatch) {
  source_->Execute(
      "CREATE ROLE plain; CREATE ROLE app LOGIN CONNECTION LIMIT 7; "
      "ALTER ROLE app SET work_mem = '5MB'; CREATE ROLE secret LOGIN "
      "PASSWORD 'new'; CREATE ROLE kept; GRANT plain TO app");
  target_->Execute(
      "CREATE ROLE plain SUPERUSER LOGIN PASSWORD 'x' CONNECTION LIMIT 2 "
      "VALID UNTIL '2030-01-01'; CREATE ROLE app NOINHERIT; "
      "CREATE ROLE secret LOGIN PASSWORD 'old'; CREATE ROLE other; "
      "GRANT other TO app; CREATE ROLE kept");
  Dump({"-g"});
  const CommandResult restored = Restore();
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(restored.err,
              AllOf(HasSubstr("changed role \"plain\": connection limit is -1 "
                              "(was 2); login is false (was true); password "
                              "changed; superuser is false (was true); valid "
                              "until is infinity (was 2030-01-01 00:00:00+00)"
                              "\n"),
                    HasSubstr("changed role \"secret\": password changed\n"),
                    HasSubstr("setting work_mem is 5MB"),
                    Not(HasSubstr("\"kept\"")), Not(HasSubstr("\"other\""))));
  // What is more than in the archive stays.
  EXPECT_EQ(target_->Query("SELECT pg_has_role('app', 'other', 'member')"),
            "t");
}

TEST_F(GlobalsTest, TheRoleThatRestoresKeepsItsRights) {
  source_->Execute(
      "CREATE ROLE boss SUPERUSER LOGIN; SET SESSION AUTHORIZATION boss; "
      "CREATE ROLE plain");
  source_->Execute("ALTER ROLE boss NOSUPERUSER NOLOGIN CREATEDB");
  target_->Execute("CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'mine'");
  Dump({"-g"});
  const CommandResult restored = Restore({"-U", "boss"});
  EXPECT_EQ(restored.exit_code, 3) << restored.err;
  EXPECT_THAT(restored.err,
              HasSubstr("left as it was: role \"boss\", which restores or was "
                        "made by initdb: it would lose LOGIN, SUPERUSER"));
  EXPECT_EQ(target_->Query("SELECT rolsuper, rolcanlogin, rolcreatedb, "
                           "rolpassword IS NOT NULL FROM pg_authid "
                           "WHERE rolname = 'boss'"),
            "t|t|f|t");
  EXPECT_EQ(target_->Query("SELECT count(*) FROM pg_roles "
                           "WHERE rolname = 'plain'"),
            "1");
}

TEST_F(GlobalsTest, WithoutPasswordsNoSuperuserIsNeeded) {
  LoadRoles();
  const Words as_limited = {"dump", "-f", bale(), "-g", "--role", "limited"};
  const CommandResult refused = source_->RunPgbale(as_limited);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--no-role-passwords"));
  Dump({"-g", "--role", "limited", "--no-role-passwords"});
  ExpectRestored();
  ExpectEqual({"-g", "--no-role-passwords"});
  EXPECT_EQ(target_->Query("SELECT count(*) FROM pg_authid "
                           "WHERE rolpassword IS NOT NULL "
                           "AND rolname <> 'postgres'"),
            "0");
}

TEST_F(GlobalsTest, PasswordsOfRolesThatStandStayWithoutTheArchives) {
  source_->Execute("CREATE ROLE plain LOGIN PASSWORD 'new'");
  target_->Execute("CREATE ROLE plain LOGIN PASSWORD 'old'");
  const std::string password =
      "SELECT rolpassword FROM pg_authid WHERE rolname = 'plain'";
  const std::string before = target_->Query(password);
  Dump({"-g", "--no-role-passwords"});
  ExpectRestored();
  EXPECT_EQ(target_->Query(password), before);
}

TEST_F(GlobalsTest, NoPasswordIsEverPrinted) {
  source_->Execute("CREATE ROLE plain LOGIN PASSWORD 'x'; CREATE ROLE z");
  // What cannot be restored is named with its statement.
  target_->Execute(
      "CREATE ROLE weak CREATEROLE LOGIN; CREATE ROLE plain SUPERUSER");
  Dump({"-g", "-v"});
  std::string printed;
  for (const Words& words :
       {Words{"list", bale()}, Words{"list", "--json", bale()},
        Words{"verify", "-v", bale()},
        Words{"restore", "-v", "--globals", "-d", "postgres", "-U", "weak",
              bale()},
        Words{"restore", "-v", "--globals", "-d", "postgres", "-U", "weak",
              "--on-error=continue", bale()},
        Words{"restore", "--json", "--globals", "-d", "postgres", bale()}}) {
    const CommandResult result = target_->RunPgbale(words);
    absl::StrAppend(&printed, result.out, result.err);
  }
  EXPECT_THAT(printed,
              AllOf(HasSubstr("role \"plain\""), HasSubstr("password changed"),
                    Not(HasSubstr("SCRAM-SHA-256"))));
}

TEST_F(GlobalsTest, AnOrdinaryRestoreLeavesThemOut) {
  source_->Execute("CREATE ROLE plain; CREATE TABLE t (a int)");
  Dump({"--globals"});
  const CommandResult restored =
      target_->RunPgbale({"restore", "-d", "postgres", bale()});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(target_->Query("SELECT count(*) FROM pg_roles "
                           "WHERE rolname = 'plain'"),
            "0");
  EXPECT_EQ(target_->Query("SELECT to_regclass('t')"), "t");
}

TEST_F(GlobalsTest, OwnersAndGranteesAreMadeBeforeTheirObjects) {
  source_->Execute(
      "CREATE ROLE plain; CREATE ROLE reader; CREATE TABLE t (a int); "
      "ALTER TABLE t OWNER TO plain; GRANT SELECT ON t TO reader");
  Dump({"--globals"});
  ExpectRestored();
  // From 17 on the owner has MAINTAIN, too.
  EXPECT_EQ(target_->Query("SELECT relowner::regrole, translate(relacl::text, "
                           "'m', '') FROM pg_class WHERE relname = 't'"),
            "plain|{plain=arwdDxt/plain,reader=r/plain}");
}

TEST_F(GlobalsTest, NothingToRestoreIsAnErrorThatSaysWhatToDo) {
  source_->Execute("CREATE ROLE plain");
  Dump({"-g"});
  const CommandResult ordinary =
      target_->RunPgbale({"restore", "-d", "postgres", bale()});
  EXPECT_EQ(ordinary.exit_code, 1);
  EXPECT_THAT(ordinary.err, HasSubstr("--globals"));
  std::filesystem::remove(bale());
  Dump({"-s"});
  const CommandResult without = Restore();
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err, HasSubstr("dump --globals"));
}

}  // namespace
}  // namespace pgbale
