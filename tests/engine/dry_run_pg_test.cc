// restore --dry-run: it tells what a restore would do, and does nothing.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DryRunTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(R"(
      CREATE SCHEMA shop;
      CREATE TABLE shop.customers (id integer PRIMARY KEY, name text);
      CREATE TABLE shop.orders (id integer PRIMARY KEY,
                                customer integer REFERENCES shop.customers);
      INSERT INTO shop.customers
      SELECT i, 'name ' || i FROM generate_series(1, 100) AS i;
      INSERT INTO shop.orders SELECT 1, 1;
    )");
  }

  // What restoring `source_` into `target_` with `words` would do.
  CommandResult DryRun(Words words) const {
    EXPECT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
    words.insert(words.begin(),
                 {"restore", "--dry-run", "-d", target_.name(), bale()});
    return RunPgbale(target_, words);
  }
  // The exit code of what DryRun foretells.
  int Restore(Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale()});
    return RunPgbale(target_, words).exit_code;
  }
  std::string bale() const { return dir_.File("a.bale"); }
  std::string role(absl::string_view name) const {
    return absl::StrCat(source_.name(), "_", name);
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

TEST_F(DryRunTest, CountsEntriesRowsAndTheOrder) {
  const CommandResult result = DryRun({});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("target: database \"" + target_.name() + "\""),
                    HasSubstr("  TABLE: 2\n"), HasSubstr("rows: 101 in 2"),
                    HasSubstr("table data \"shop.customers\": 100 rows"),
                    HasSubstr("nothing was written")));
  EXPECT_LT(result.out.find("data \"shop.customers\""),
            result.out.find("data \"shop.orders\""));
  EXPECT_EQ(PgDumpText(target_.name(), {}),
            PgDumpText(TestDatabase().name(), {}));
}

TEST_F(DryRunTest, WritesNothing) {
  const PrivateServer server({"autovacuum = off"});
  server.Execute("CREATE TABLE t (); CHECKPOINT");
  EXPECT_TRUE(DumpAndVerify(source_, bale()));
  // Anything that writes would take one. (WAL is written by reading, too: pages
  // of catalogs are pruned.)
  const std::string state = "SELECT pg_snapshot_xmax(pg_current_snapshot())";
  server.Query(state);
  const std::string before = server.Query(state);
  for (const Words& words : {Words{}, Words{"--clean", "--if-exists"},
                             Words{"-C"}, Words{"--allow-non-empty"}}) {
    Words all = {"restore", "--dry-run", "-d", "postgres", bale()};
    all.insert(all.end(), words.begin(), words.end());
    server.RunPgbale(all);
  }
  EXPECT_EQ(server.Query(state), before);
}

TEST_F(DryRunTest, AllProblemsAreListedAtOnceWithTheRestoresExitCode) {
  const std::string owner = role("owner");
  source_.Execute(absl::StrCat("CREATE ROLE ", owner,
                               "; ALTER TABLE shop.orders OWNER TO ", owner));
  target_.Execute("CREATE TABLE in_the_way ()");
  EXPECT_TRUE(DumpAndVerify(source_, bale()));
  source_.Execute(absl::StrCat("DROP OWNED BY ", owner, "; DROP ROLE ", owner));
  const Words words = {"restore", "--dry-run", "-d", target_.name(), bale()};
  const CommandResult result = RunPgbale(target_, words);
  EXPECT_EQ(result.exit_code, Restore({}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("the database is not empty"),
                    HasSubstr("role \"" + owner + "\" does not exist")));
}

TEST_F(DryRunTest, WhatWouldBeLeftOutIsExitCode3AsInTheRestore) {
  const std::string owner = role("owner");
  source_.Execute(absl::StrCat("CREATE ROLE ", owner,
                               "; ALTER TABLE shop.orders OWNER TO ", owner));
  EXPECT_TRUE(DumpAndVerify(source_, bale()));
  source_.Execute(absl::StrCat("DROP OWNED BY ", owner, "; DROP ROLE ", owner));
  const Words words = {"restore", "--dry-run",    "--on-error=continue",
                       "-d",      target_.name(), bale()};
  const CommandResult result = RunPgbale(target_, words);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("role \"" + owner + "\" does not exist"));
  EXPECT_EQ(Restore({"--on-error=continue"}), 3);
}

TEST_F(DryRunTest, JsonHasProblemsAndTheExitCode) {
  target_.Execute("CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer)");
  const CommandResult result = DryRun({"--json", "-t", "shop.orders"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("\"type\":\"dry_run\""),
            HasSubstr("\"problems\":[\"table \\\"shop.orders\\\" stands in "
                      "the target already\"]"),
            HasSubstr("\"rows\":1,"), HasSubstr("\"exit_code\":1")));
}

TEST_F(DryRunTest, LargeObjectsInTheWayAreNamedBeforeAnythingIsWritten) {
  source_.Execute(
      "SELECT lo_from_bytea(o, 'new') FROM unnest('{7, 8, 9}'::oid[]) o");
  target_.Execute(
      "SELECT lo_from_bytea(o, 'stood') FROM unnest('{8, 9}'::oid[]) o");
  const CommandResult result = DryRun({"--allow-non-empty"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("large objects, the first 8 of 2, stand in "
                                    "the target already"));
  EXPECT_EQ(Restore({"--allow-non-empty"}), 1);
  EXPECT_EQ(Restore({"--data-only"}), 1);
  EXPECT_EQ(target_.Query("SELECT to_regnamespace('shop') IS NULL, "
                          "lo_get(8), count(*) FROM pg_largeobject"),
            "t|\\x73746f6f64|2");
  EXPECT_EQ(Restore({"--clean", "--if-exists"}), 0);
  EXPECT_EQ(target_.Query("SELECT count(*) FROM pg_largeobject WHERE data = "
                          "'new'"),
            "3");
}

TEST_F(DryRunTest, TableThatGetsRowsMustStand) {
  const CommandResult result = DryRun({"--data-only", "-t", "shop.orders"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("table \"shop.orders\" does not exist"));
}

TEST_F(DryRunTest, NamesTheRightsThatTheRoleLacks) {
  const std::string poor = role("poor"), rich = role("rich");
  source_.Execute(absl::StrCat("CREATE ROLE ", poor, "; CREATE ROLE ", rich,
                               "; ALTER TABLE shop.orders OWNER TO ", rich));
  const CommandResult result = DryRun({"--role", poor});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("may not create schemas in the database"),
                    HasSubstr("may not make role \"" + rich + "\" an owner")));
  EXPECT_THAT(DryRun({"--role", poor, "-C", "--no-owner"}).err,
              HasSubstr("may not create databases"));
  EXPECT_THAT(DryRun({"--role", poor + "x"}).err,
              HasSubstr("of --role does not exist"));
  source_.Execute(absl::StrCat("DROP OWNED BY ", rich, "; DROP ROLE ", rich,
                               "; DROP ROLE ", poor));
}

TEST_F(DryRunTest, RoleWithAllRightsIsNoProblem) {
  const std::string able = role("able");
  source_.Execute(absl::StrCat("CREATE ROLE ", able,
                               "; GRANT CREATE ON "
                               "DATABASE ",
                               target_.name(), " TO ", able));
  const CommandResult result = DryRun({"--role", able, "--no-owner"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Restore({"--role", able, "--no-owner"}), 0);
  target_.Execute(absl::StrCat("DROP OWNED BY ", able, "; DROP ROLE ", able));
}

TEST_F(DryRunTest, OtherCollationIsAWarning) {
  const TestDatabase other("LC_COLLATE 'C' LC_CTYPE 'C'");
  const TestDatabase source("LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
  EXPECT_TRUE(DumpAndVerify(source, bale()));
  const CommandResult result =
      RunPgbale(other, {"restore", "--dry-run", "-d", other.name(), bale()});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("texts sort otherwise"));
}

TEST_F(DryRunTest, ExtensionOfAnotherVersionIsAWarning) {
  source_.Execute("CREATE EXTENSION hstore VERSION '1.4'");
  EXPECT_THAT(DryRun({}).err,
              HasSubstr("extension \"hstore\" had version 1.4, here it gets"));
  source_.Execute("ALTER EXTENSION hstore UPDATE");
  source_.Execute("DROP TABLE shop.orders");
  EXPECT_THAT(DryRun({}).err, Not(HasSubstr("hstore")));
}

TEST_F(DryRunTest, PipesAndFoldersAreWrongUsage) {
  const Words pipe = {"restore", "--dry-run", "-d", target_.name(), "-"};
  EXPECT_EQ(RunPgbale(target_, pipe).exit_code, 2);
  const Words folder = {"restore", "--dry-run", "--all-databases", "x"};
  EXPECT_EQ(RunPgbale(target_, folder).exit_code, 2);
}

}  // namespace
}  // namespace pgbale
