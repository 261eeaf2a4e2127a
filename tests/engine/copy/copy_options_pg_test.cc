// What the options of `pgbale copy` change, each seen in the target.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "engine/copy/copy.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/private_server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Makes the target refuse the rows of table t, which were right when they came.
constexpr char kRefused[] =
    "CREATE FUNCTION fits(integer) RETURNS boolean IMMUTABLE LANGUAGE sql"
    " AS 'SELECT true';"
    "ALTER TABLE t ADD CHECK (public.fits(a));"
    "CREATE OR REPLACE FUNCTION fits(integer) RETURNS boolean IMMUTABLE"
    " LANGUAGE sql AS 'SELECT false'";

class CopyOptionsTest : public ServerTest {
 protected:
  static CommandResult RunCopy(const TestDatabase& source,
                               const TestDatabase& target,
                               const Words& options) {
    Words words = {"copy", source.name(), target.name()};
    words.insert(words.end(), options.begin(), options.end());
    return RunPgbale(source, words);
  }

  // Of a copy in this process.
  static CopyOptions Between(const TestDatabase& source,
                             const TestDatabase& target) {
    CopyOptions options;
    options.source = source.options();
    options.restore.target = target.options();
    options.jobs = 1;
    return options;
  }
};

// Roles belong to the whole server, and so to one test alone.
class CopyRolesTest : public CopyOptionsTest {
 protected:
  void SetUp() override {
    CopyOptionsTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    source_ = std::make_unique<TestDatabase>();
    source_->Execute(
        "CREATE ROLE pgbale_copy_owner SUPERUSER; CREATE ROLE pgbale_copy_other"
        " SUPERUSER; CREATE TABLE t AS SELECT 1 AS a;"
        "ALTER TABLE t OWNER TO pgbale_copy_owner;"
        "GRANT SELECT ON t TO pgbale_copy_other");
  }
  void TearDown() override {
    if (source_ == nullptr) return;
    source_->Execute(
        "DROP TABLE t; DROP ROLE pgbale_copy_owner, pgbale_copy_other");
  }

  // Owner and privileges of the table that a copy with `options` makes.
  std::string Made(const Words& options, int exit_code = 0) const {
    const TestDatabase target;
    const CommandResult copied = RunCopy(*source_, target, options);
    EXPECT_EQ(copied.exit_code, exit_code) << copied.err;
    return target.Query(
        "SELECT replace(relowner::regrole::text, 'pgbale_copy_', ''),"
        " relacl::text LIKE '%pgbale_copy_other%' FROM pg_class"
        " WHERE oid = 'public.t'::regclass");
  }

  std::unique_ptr<TestDatabase> source_;
};

TEST_F(CopyRolesTest, OwnersAndPrivilegesAreWhatOptionsSay) {
  const std::string user = source_->Query("SELECT current_user");
  EXPECT_EQ(Made({}), "owner|t");
  EXPECT_EQ(Made({"--no-owner"}), user + "|t");
  EXPECT_EQ(Made({"--no-privileges"}), "owner|");
  EXPECT_EQ(Made({"--no-owner", "--role", "pgbale_copy_other", "-x"}),
            "other|");
  EXPECT_EQ(Made({"--map-role=pgbale_copy_owner=pgbale_copy_other"}),
            "other|t");
  const Words nobody = {"--map-role=pgbale_copy_owner=pgbale_copy_nobody",
                        "--skip-missing-roles"};
  EXPECT_EQ(Made(nobody, 3), user + "|t");
}

// Tablespaces belong to the whole server, and so to one of its own.
TEST_F(CopyOptionsTest, AllGoesIntoOneTablespaceIfThatIsAskedFor) {
  const PrivateServer server;
  server.Execute(
      "SET allow_in_place_tablespaces = on;"
      "CREATE TABLESPACE fast LOCATION '';"
      "CREATE TABLE t TABLESPACE fast AS SELECT 1 AS a;"
      "CREATE INDEX i ON t (a) TABLESPACE fast");
  const auto places = [&](const std::string& target, Words options) {
    server.Execute(
        absl::StrCat("CREATE DATABASE ", target, " TEMPLATE template0"));
    options.insert(options.begin(), {"copy", server.ConnectionWords(),
                                     server.ConnectionWords(target)});
    const CommandResult copied = server.RunPgbale(options);
    EXPECT_EQ(copied.exit_code, 0) << copied.err;
    return server.Query(
        "SELECT string_agg(relname || coalesce(' in ' || spcname, ''), ', '"
        " ORDER BY relname) FROM pg_class c LEFT JOIN pg_tablespace s"
        " ON s.oid = reltablespace WHERE relname IN ('t', 'i')",
        target);
  };
  EXPECT_EQ(places("kept", {}), "i in fast, t in fast");
  EXPECT_EQ(places("plain", {"--no-tablespaces"}), "i, t");
}

TEST_F(CopyOptionsTest, RowsGoInTextOnlyIfThatIsAskedFor) {
  const TestDatabase source;
  source.Execute("CREATE TABLE t AS SELECT 1.5::float8 AS f, now() AS at");
  for (const auto& [format, form] :
       {std::pair{"auto", "binary"}, {"binary", "binary"}, {"text", "text"}}) {
    const TestDatabase target;
    const CommandResult copied =
        RunCopy(source, target, {"-v", "--data-format", format});
    EXPECT_EQ(copied.exit_code, 0) << copied.err;
    EXPECT_THAT(copied.err, HasSubstr(absl::StrCat("rows in ", form)));
    EXPECT_TRUE(EqualDatabases(source.name(), target.name()));
  }
}

// Of an enum, whose values have other hashes in another database: each row is
// read from its partition, and finds another by the root.
TEST_F(CopyOptionsTest, RowsOfAHashedEnumFindTheirPartitions) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TYPE e AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');"
      "CREATE TABLE root (n integer, k e) PARTITION BY HASH (k);"
      "CREATE TABLE leaf_0 PARTITION OF root FOR VALUES WITH (MODULUS 2,"
      " REMAINDER 0);"
      // Its columns stand in another order.
      "CREATE TABLE leaf_1 (k e, n integer);"
      "ALTER TABLE root ATTACH PARTITION leaf_1 FOR VALUES WITH (MODULUS 2,"
      " REMAINDER 1);"
      "INSERT INTO root SELECT i, (enum_range(null::e))[1 + i % 8]"
      " FROM generate_series(1, 8000) i");
  ASSERT_TRUE(CopyInto(source, target, {"-j", "2"}));
  constexpr char kSums[] =
      "SELECT k, count(*), sum(n) FROM root GROUP BY k ORDER BY k";
  EXPECT_EQ(target.Query(kSums), source.Query(kSums));
}

TEST_F(CopyOptionsTest, BrokenForeignKeyMayStayUnchecked) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE p (a integer PRIMARY KEY); CREATE TABLE c (a integer"
      " REFERENCES p); SET session_replication_role = replica;"
      "INSERT INTO c VALUES (1)");
  const TestDatabase refused, kept, whole;
  EXPECT_EQ(RunCopy(source, refused, {}).exit_code, 1);
  EXPECT_EQ(RunCopy(source, kept, {"--fk-on-violation=not-valid"}).exit_code,
            3);
  EXPECT_EQ(kept.Query("SELECT convalidated FROM pg_constraint"
                       " WHERE conname = 'c_a_fkey'"),
            "f");
  // What was loaded before is gone, too.
  const CommandResult undone = RunCopy(source, whole, {"-1"});
  EXPECT_EQ(undone.exit_code, 1);
  EXPECT_THAT(undone.err, HasSubstr("nothing has changed: it was one "));
  EXPECT_EQ(whole.Query("SELECT to_regclass('p')"), "");
}

TEST_F(CopyOptionsTest, RowsAloneMaySetOffNoTriggers) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  target.Execute(
      "CREATE TABLE t (a integer);"
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN RAISE ''no rows here''; END';"
      "CREATE TRIGGER refuse BEFORE INSERT ON t FOR EACH ROW"
      " EXECUTE FUNCTION refuse()");
  const CommandResult refused = RunCopy(source, target, {"-a"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("no rows here"));
  ASSERT_TRUE(CopyInto(source, target, {"-a", "--disable-triggers"}));
  EXPECT_EQ(target.Query("SELECT a FROM t"), "1");
}

TEST_F(CopyOptionsTest, WholeDatabaseGoesBesideOthersIfThatIsAllowed) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  target.Execute("CREATE TABLE stands (a integer)");
  EXPECT_EQ(RunCopy(source, target, {}).exit_code, 1);
  EXPECT_TRUE(CopyInto(source, target, {"--allow-non-empty"}));
}

TEST_F(CopyOptionsTest, TargetIsAnalyzedIfThatIsAskedFor) {
  const TestDatabase source, target;
  source.Execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS a");
  ASSERT_TRUE(CopyInto(source, target, {"--analyze"}));
  EXPECT_EQ(target.Query("SELECT count(*) FROM pg_stats WHERE tablename = 't'"),
            "1");
}

TEST_F(CopyOptionsTest, CreateMakesTheDatabaseUnderItsName) {
  const TestDatabase source;
  source.Execute("CREATE TABLE t AS SELECT 1 AS a");
  const PrivateServer server;
  const std::string target = server.ConnectionWords();
  const CommandResult copied =
      RunPgbale(source, {"copy", "-C", source.name(), target});
  EXPECT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_EQ(server.Query("SELECT a FROM t", source.name()), "1");
  // Not even one transaction takes a database back.
  source.Execute(kRefused);
  const CommandResult failed =
      RunPgbale(source, {"copy", "-C", "-c", "-1", source.name(), target});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("what was committed until then"),
                                Not(HasSubstr("nothing has changed"))));
}

// Three seconds for rows, or pages of large objects.
TEST_F(CopyOptionsTest, RateLimitHoldsForRowsAndLargeObjects) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE t AS SELECT repeat('x', 1000) AS t"
      " FROM generate_series(1, 3000)");
  const TestDatabase objects;
  objects.Execute(
      "SELECT lo_from_bytea(0, decode(repeat('00', 1000000), 'hex'))"
      " FROM generate_series(1, 3)");
  for (const TestDatabase* from : {&source, &objects}) {
    const TestDatabase target;
    CopyOptions options = Between(*from, target);
    options.rate_limit_bytes = 1'000'000;
    CancelToken cancel;
    Progress progress;
    ASSERT_OK_AND_ASSIGN(const CopySummary summary,
                         Copy(options, cancel, progress));
    EXPECT_GE(summary.restored.data_seconds, 2.0);
  }
  const TestDatabase target;
  const Stopwatch clock;
  EXPECT_EQ(RunCopy(source, target, {"--rate-limit", "500kB"}).exit_code, 0);
  EXPECT_GE(clock.seconds(), 4.0);
}

TEST_F(CopyOptionsTest, WhatStoredNothingIsNotCounted) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE good AS SELECT generate_series(1, 100) AS a;"
      "CREATE TABLE t AS SELECT generate_series(1, 100) AS a");
  source.Execute(kRefused);
  CopyOptions options = Between(source, target);
  options.restore.exit_on_error = false;
  CancelToken cancel;
  Progress progress;
  ASSERT_OK_AND_ASSIGN(const CopySummary summary,
                       Copy(options, cancel, progress));
  EXPECT_EQ(summary.restored.errors.size(), 1u);
  EXPECT_EQ(summary.restored.rows, 100u);
  EXPECT_EQ(progress.rows, 100u);
  EXPECT_EQ(progress.raw_bytes, summary.restored.raw_bytes);
}

}  // namespace
}  // namespace pgbale
