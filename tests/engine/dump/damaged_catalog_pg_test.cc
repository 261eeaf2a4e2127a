// Dumps of databases whose catalogs are not in order: what is wrong is named,
// with what to do.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DamagedCatalogTest : public ServerTest {
 protected:
  // Changes catalogs by hand.
  static void Damage(const TestDatabase& database, const std::string& sql) {
    database.Execute(absl::StrCat("SET allow_system_table_mods = on; ", sql));
  }

  CommandResult Dump(const TestDatabase& database) {
    return RunPgbale(database, {"dump", "-j", "2", "-f", bale()});
  }

  std::string bale() const { return dir_.File("a.bale"); }

  TempDir dir_;
};

TEST_F(DamagedCatalogTest, DefinitionThatCannotBeReadIsNamedWithItsReference) {
  const TestDatabase database;
  database.Execute(
      "CREATE FUNCTION lost() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
      "CREATE VIEW reader AS SELECT lost() AS a");
  Damage(database, "DELETE FROM pg_proc WHERE proname = 'lost'");
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("public.reader"),
                                HasSubstr("of pg_proc, which does not exist"),
                                HasSubstr("HINT: ")));
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(DamagedCatalogTest, ReferenceToNothingIsNamedAndTheRestIsDumped) {
  const TestDatabase database, copy;
  database.Execute(
      "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
  Damage(database,
         "INSERT INTO pg_depend SELECT 'pg_proc'::regclass, 'f'::regproc, 0,"
         " 'pg_operator'::regclass, 999999, 0, 'n'");
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              HasSubstr("function \"public.f()\" refers to oid 999999 of "
                        "pg_operator, which does not exist"));
  EXPECT_TRUE(RestoreInto(copy, bale()));
}

TEST_F(DamagedCatalogTest, ReferenceToARoleThatIsGoneIsNamed) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE t (a integer); CREATE POLICY p ON t USING (true)");
  Damage(database,
         "INSERT INTO pg_shdepend SELECT d.oid, 'pg_policy'::regclass, p.oid,"
         " 0, 'pg_authid'::regclass, 999999, 'r' FROM pg_database d,"
         " pg_policy p WHERE d.datname = current_database()");
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("policy \"public.p\" refers to oid 999999 "
                                    "of pg_authid, which does not exist"));
}

TEST_F(DamagedCatalogTest, OwnerThatIsGoneIsNamedAndWhoRestoresIsIt) {
  const TestDatabase database, copy;
  database.Execute("CREATE TABLE t (a integer)");
  Damage(database, "UPDATE pg_class SET relowner = 999999 WHERE relname = 't'");
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("the owner of table \"public.t\""),
                                HasSubstr("999999")));
  EXPECT_TRUE(RestoreInto(copy, bale()));
  EXPECT_EQ(copy.Query("SELECT relowner::regrole FROM pg_class "
                       "WHERE relname = 't'"),
            TestServer::Get().user);
}

TEST_F(DamagedCatalogTest, ObjectsOfASchemaThatIsGoneAreNamed) {
  const TestDatabase database;
  database.Execute(
      "CREATE SCHEMA lost; CREATE TABLE lost.t (a integer DEFAULT 1);"
      "CREATE TABLE lost.p (a integer PRIMARY KEY) PARTITION BY RANGE (a);"
      "CREATE FUNCTION lost.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
  Damage(database, "DELETE FROM pg_namespace WHERE nspname = 'lost'");
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("not in the archive: object of pg_class \"p\" "),
                    HasSubstr("\"t\" (oid "),
                    HasSubstr("not in the archive: object of pg_proc \"f\" "),
                    HasSubstr("its schema does not exist"),
                    Not(HasSubstr("pg_attrdef"))));
}

TEST_F(DamagedCatalogTest, InvalidIndexIsNamedWithWhatToDo) {
  const TestDatabase database;
  database.Execute("CREATE TABLE t (a integer); CREATE INDEX i ON t (a)");
  Damage(database,
         "UPDATE pg_index SET indisvalid = false "
         "WHERE indexrelid = 'i'::regclass");
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("index \"public.i\" is invalid"),
                    HasSubstr("REINDEX"), Not(HasSubstr("not in the"))));
}

TEST_F(DamagedCatalogTest, InvalidDatabaseIsRefusedByName) {
  const TestDatabase database;
  const TestDatabase other;  // an invalid database lets nobody in to mend it
  other.Execute(
      absl::StrCat("UPDATE pg_database SET datconnlimit = -2 "
                   "WHERE datname = '",
                   database.name(), "'"));
  const CommandResult result = Dump(database);
  EXPECT_EQ(result.exit_code, 30);
  EXPECT_THAT(result.err, AllOf(HasSubstr(database.name()),
                                HasSubstr("HINT: A DROP DATABASE")));
  EXPECT_THAT(dir_.List(), IsEmpty());
}

// As on a server where the extension's package is not installed.
TEST_F(DamagedCatalogTest, ExtensionWithoutFilesIsNamedBeforeTheRestore) {
  const TestDatabase database, copy;
  database.Execute("CREATE EXTENSION hstore; CREATE TABLE t (a integer)");
  Damage(database,
         "UPDATE pg_extension SET extname = 'not \"installed' "
         "WHERE extname = 'hstore'");
  ASSERT_TRUE(DumpAndVerify(database, bale()));
  const CommandResult result =
      RunPgbale(copy, {"restore", "-d", copy.name(), bale()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("extension \"not \"installed\" does not exist"),
                    HasSubstr("HINT: Install")));
  EXPECT_EQ(copy.Query("SELECT to_regclass('t')"), "");
}

}  // namespace
}  // namespace pgbale
