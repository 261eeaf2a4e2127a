// Dumps by roles that may not read everything.

#include <memory>
#include <string>
#include <vector>

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

// A role that can log in, dropped with its privileges. The database must
// outlive it.
class TestRole {
 public:
  explicit TestRole(const TestDatabase& database)
      : database_(database), name_(absl::StrCat(database.name(), "_role")) {
    database_.Execute(absl::StrCat("CREATE ROLE ", name_, " LOGIN"));
  }
  ~TestRole() {
    database_.Execute(
        absl::StrCat("DROP OWNED BY ", name_, "; DROP ROLE ", name_));
  }
  TestRole(const TestRole&) = delete;
  TestRole& operator=(const TestRole&) = delete;

  const std::string& name() const { return name_; }

 private:
  const TestDatabase& database_;
  const std::string name_;
};

class LessPrivilegedTest : public ServerTest {
 protected:
  // Runs `sql` with every "%role" replaced by the role's name.
  void Execute(const std::string& sql) {
    std::string text = sql;
    for (size_t at; (at = text.find("%role")) != std::string::npos;)
      text.replace(at, 5, role_->name());
    database_->Execute(text);
  }

  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = std::make_unique<TestDatabase>();
    role_ = std::make_unique<TestRole>(*database_);
  }

  CommandResult DumpAsRole(const Words& options) {
    Words words = {"dump", "-U", role_->name(), "-f", dir_.File("a.bale")};
    words.insert(words.end(), options.begin(), options.end());
    return RunPgbale(*database_, words);
  }

  // What `options` select, by the role, is what pg_dump makes of it.
  ::testing::AssertionResult AsPgDump(Words options) {
    options.insert(options.begin(), {"-U", role_->name()});
    return PartialRoundTrip(*database_, options);
  }

  TempDir dir_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<TestRole> role_;
};

constexpr char kTwoSchemas[] =
    "CREATE SCHEMA mine AUTHORIZATION %role; CREATE SCHEMA other;"
    "CREATE TABLE other.secret (a serial, b text);"
    "INSERT INTO other.secret (b) VALUES ('hidden');"
    "SET ROLE %role;"
    "CREATE TYPE mine.mood AS ENUM ('good', 'bad');"
    "CREATE TABLE mine.t (a serial PRIMARY KEY, b mine.mood, c text);"
    "INSERT INTO mine.t (b, c) VALUES ('good', 'one'), ('bad', 'two');"
    "CREATE INDEX ON mine.t (c);"
    "CREATE VIEW mine.v AS SELECT a FROM mine.t;"
    "CREATE FUNCTION mine.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
    "COMMENT ON TABLE mine.t IS 'commented'; GRANT SELECT ON mine.t TO PUBLIC;"
    "RESET ROLE";

TEST_F(LessPrivilegedTest, OwnerOfASchemaDumpsItAsPgDumpDoes) {
  Execute(kTwoSchemas);
  EXPECT_TRUE(AsPgDump({"-n", "mine"}));
}

TEST_F(LessPrivilegedTest, OwnerOfATableDumpsItAsPgDumpDoes) {
  Execute(kTwoSchemas);
  Execute(
      "CREATE TABLE t (a serial PRIMARY KEY, b text);"
      "INSERT INTO t (b) VALUES ('one'); ALTER TABLE t OWNER TO %role");
  EXPECT_TRUE(AsPgDump({"-t", "public.t"}));
}

TEST_F(LessPrivilegedTest, DefinitionsNeedNoPrivilege) {
  Execute(kTwoSchemas);
  EXPECT_EQ(DumpAsRole({"--schema-only", "-j", "2"}).exit_code, 0);
  const TestDatabase copy, expected;
  EXPECT_TRUE(RestoreInto(copy, dir_.File("a.bale")));
  EXPECT_TRUE(CopyByPgDump(*database_, expected, {"--schema-only"}));
  EXPECT_TRUE(EqualDatabases(expected.name(), copy.name()));
}

TEST_F(LessPrivilegedTest, MemberOfReadAllDataDumpsEverything) {
  Execute(kTwoSchemas);
  Execute("GRANT pg_read_all_data TO %role");
  EXPECT_TRUE(AsPgDump({}));
}

TEST_F(LessPrivilegedTest, WhatCannotBeReadIsRefusedAllAtOnce) {
  Execute(kTwoSchemas);
  Execute(
      "CREATE TABLE no_select (a integer);"
      "CREATE TABLE partly (a integer, \"b\nc\" integer, d integer);"
      "GRANT SELECT (a, d) ON partly TO %role;"
      "CREATE TABLE by_column (a integer); GRANT SELECT (a) ON by_column "
      "TO %role;"
      "CREATE SEQUENCE counter;"
      "CREATE TABLE filtered (a integer); GRANT SELECT ON filtered TO %role;"
      "ALTER TABLE filtered ENABLE ROW LEVEL SECURITY;"
      "SELECT lo_create(4711)");
  const CommandResult result = DumpAsRole({"-j", "2"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("table \"public.no_select\": no SELECT\n"),
            HasSubstr("table \"public.partly\": no SELECT on column \"b?c\"\n"),
            HasSubstr("table \"public.by_column\": no SELECT on the table as a "
                      "whole\n"),
            HasSubstr("sequence \"public.counter\": no SELECT\n"),
            HasSubstr("table \"other.secret\": no USAGE on its schema"),
            HasSubstr("sequence \"other.secret_a_seq\": no USAGE"),
            HasSubstr("table \"public.filtered\": row security hides rows\n"),
            HasSubstr("large object 4711: no SELECT\n")));
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("HINT: "), HasSubstr("GRANT SELECT ON TABLE"),
                    HasSubstr("--exclude-table-data"), HasSubstr("--role"),
                    HasSubstr("--enable-row-security"),
                    HasSubstr("--no-large-objects")));
  EXPECT_THAT(result.err, Not(HasSubstr("mine")));
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(LessPrivilegedTest, AdviceToLeaveOutWhatCannotBeReadHelps) {
  Execute(kTwoSchemas);
  EXPECT_EQ(DumpAsRole({"-N", "other"}).exit_code, 0);
  EXPECT_EQ(DumpAsRole({"--overwrite", "-T", "other.*"}).exit_code, 0);
  EXPECT_EQ(
      DumpAsRole({"--overwrite", "--exclude-table-data", "other.*"}).exit_code,
      0);
  EXPECT_TRUE(AsPgDump({"-N", "other"}));
}

TEST_F(LessPrivilegedTest, LargeObjectsThatMayBeReadAreDumped) {
  Execute(
      "SELECT lo_from_bytea(1, 'own'), lo_from_bytea(2, 'granted'),"
      " lo_from_bytea(3, 'hidden');"
      "ALTER LARGE OBJECT 1 OWNER TO %role;"
      "GRANT SELECT ON LARGE OBJECT 2 TO %role");
  EXPECT_THAT(DumpAsRole({}).err, AllOf(HasSubstr("large object 3: no SELECT"),
                                        Not(HasSubstr("large object 1")),
                                        Not(HasSubstr("large object 2"))));
  EXPECT_EQ(DumpAsRole({"--no-large-objects"}).exit_code, 0);
  Execute("GRANT SELECT ON LARGE OBJECT 3 TO PUBLIC");
  EXPECT_TRUE(AsPgDump({}));
}

constexpr char kRowSecurity[] =
    "CREATE TABLE t (a integer, owner text);"
    "INSERT INTO t SELECT i, CASE WHEN i % 3 = 0 THEN '%role' ELSE 'x' END"
    " FROM generate_series(1, 30) AS i;"
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY own ON t USING (owner = current_user);"
    "GRANT SELECT ON t TO %role";

TEST_F(LessPrivilegedTest, EnableRowSecurityDumpsTheRowsThatPoliciesShow) {
  Execute(kRowSecurity);
  EXPECT_THAT(DumpAsRole({}).err, HasSubstr("row security hides rows"));
  EXPECT_TRUE(AsPgDump({"--enable-row-security"}));
  EXPECT_EQ(DumpAsRole({"--enable-row-security", "-j", "2"}).exit_code, 0);
  const TestDatabase copy;
  EXPECT_TRUE(RestoreInto(copy, dir_.File("a.bale")));
  EXPECT_EQ(copy.Query("SELECT count(*) FROM t"), "10");
}

TEST_F(LessPrivilegedTest, RowSecurityDoesNotConcernWhoMayPassIt) {
  Execute(kRowSecurity);
  Execute("ALTER TABLE t OWNER TO %role");
  EXPECT_TRUE(AsPgDump({}));
  Execute(
      "ALTER TABLE t OWNER TO CURRENT_USER; GRANT SELECT ON t TO %role;"
      "ALTER ROLE %role BYPASSRLS");
  EXPECT_TRUE(AsPgDump({}));
}

TEST_F(LessPrivilegedTest, RoleOptionDecidesWhatMayBeRead) {
  Execute(kTwoSchemas);
  const CommandResult refused = RunPgbale(
      *database_, {"dump", "--role", role_->name(), "-f", dir_.File("a.bale")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("other.secret"));
  EXPECT_TRUE(
      PartialRoundTrip(*database_, {"--role", role_->name(), "-n", "mine"}));
}

TEST_F(LessPrivilegedTest, ForeignTablesNeedPrivilegesIfTheirRowsAreWanted) {
  Execute(
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;"
      "CREATE FOREIGN TABLE remote (a integer) SERVER far");
  EXPECT_EQ(DumpAsRole({}).exit_code, 0);
  EXPECT_THAT(DumpAsRole({"--overwrite", "--include-foreign-data", "f*"}).err,
              HasSubstr("table \"public.remote\": no SELECT\n"));
}

// Members of extensions are not dumped, so nobody needs to read them.
TEST_F(LessPrivilegedTest, TablesOfExtensionsNeedNoPrivilege) {
  Execute(kTwoSchemas);
  Execute(
      "DROP SCHEMA other CASCADE; CREATE EXTENSION hstore;"
      "CREATE TABLE member (a integer);"
      "ALTER EXTENSION hstore ADD TABLE member");
  EXPECT_EQ(DumpAsRole({}).exit_code, 0);
  Execute("ALTER EXTENSION hstore DROP TABLE member");
}

}  // namespace
}  // namespace pgbale
