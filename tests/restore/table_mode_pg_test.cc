// Rows out of an archive into tables that stand.

#include <string>

#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TableModeTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(R"(
      CREATE TABLE "T" (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        "Name" text, net numeric,
        gross numeric GENERATED ALWAYS AS (net * 2) STORED);
      CREATE TABLE u (a integer, b integer, PRIMARY KEY (a, b));
      CREATE TABLE keyless (a integer);
      INSERT INTO "T" ("Name", net) SELECT 'n' || i, i
      FROM generate_series(1, 5) AS i;
      INSERT INTO u SELECT i, i FROM generate_series(1, 5) AS i;
      INSERT INTO keyless VALUES (1);
    )");
    ASSERT_TRUE(DumpAndVerify(source_, bale()));
    ASSERT_TRUE(RestoreInto(target_, bale(), {}));
    target_.Execute(R"(
      DELETE FROM "T" WHERE id = 1;
      UPDATE "T" SET "Name" = 'changed' WHERE id = 2;
      INSERT INTO "T" ("Name") VALUES ('mine');
    )");
  }

  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Restore(const std::string& mode, Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale(),
                                 "--table-mode", mode});
    return RunPgbale(target_, words);
  }
  std::string Rows() const {
    return target_.Query(
        "SELECT string_agg(id || coalesce(\"Name\", '-') || "
        "coalesce(gross::text, ''), ' ' ORDER BY id) FROM \"T\"");
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

TEST_F(TableModeTest, UpsertReplacesRowsWithTheSameKeyAndKeepsOthers) {
  const CommandResult result = Restore("upsert", {"-t", "\"T\"", "-t", "u"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Rows(), "1n12 2n24 3n36 4n48 5n510 6mine");
  EXPECT_EQ(target_.Query("SELECT count(*) FROM u"), "5");
}

TEST_F(TableModeTest, TruncateMakesTheTableWhatItWas) {
  const CommandResult result = Restore("truncate", {"-t", "\"T\""});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

// "ONLY" stands for one name of a list.
TEST_F(TableModeTest, TruncateLeavesTablesAloneThatInherit) {
  const TestDatabase source, target;
  source.Execute(R"(
    CREATE TABLE first (a integer); CREATE TABLE second (a integer);
    INSERT INTO first VALUES (1); INSERT INTO second VALUES (2);
  )");
  ASSERT_TRUE(DumpAndVerify(source, bale(), {"--overwrite"}));
  ASSERT_TRUE(RestoreInto(target, bale(), {}));
  target.Execute(R"(
    CREATE TABLE of_first () INHERITS (first);
    CREATE TABLE of_second () INHERITS (second);
    INSERT INTO of_first VALUES (11); INSERT INTO of_second VALUES (12);
    INSERT INTO first VALUES (3); INSERT INTO second VALUES (4);
  )");
  const CommandResult result =
      RunPgbale(target, {"restore", "-d", target.name(), bale(), "-t", "first",
                         "-t", "second", "--table-mode", "truncate"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(target.Query("SELECT string_agg(a::text, ' ' ORDER BY a) FROM "
                         "(TABLE first UNION ALL TABLE second) AS t"),
            "1 2 11 12");
}

// Through their root, rows of an enum's hash partitions come to others than
// they were in.
TEST_F(TableModeTest, PartitionsWhoseRowsMayBeElsewhereAreTruncatedTogether) {
  const TestDatabase source, target;
  source.Execute(R"(
    CREATE TYPE e AS ENUM ('x', 'y');
    CREATE TABLE root (a e) PARTITION BY HASH (a);
    CREATE TABLE part_0 PARTITION OF root
      FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE part_1 PARTITION OF root
      FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO root SELECT unnest(ARRAY['x', 'y', 'x', 'y']::e[]);
  )");
  ASSERT_TRUE(DumpAndVerify(source, bale(), {"--overwrite"}));
  ASSERT_TRUE(RestoreInto(target, bale(), {}));
  const auto truncate = [&](Words tables) {
    tables.insert(tables.begin(), {"restore", "-d", target.name(), bale(),
                                   "--table-mode", "truncate"});
    return RunPgbale(target, tables);
  };
  const CommandResult one = truncate({"-t", "part_0"});
  EXPECT_EQ(one.exit_code, 1);
  EXPECT_THAT(one.err, AllOf(HasSubstr("table \"public.part_0\" may hold rows"),
                             HasSubstr("Restore all of \"public.root\"")));
  const CommandResult both = truncate({"-t", "part_0", "-t", "part_1"});
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_EQ(target.Query("SELECT count(*) FROM root"), "4");
}

TEST_F(TableModeTest, AppendKeepsRowsAndSequences) {
  target_.Execute("DELETE FROM \"T\" WHERE id < 6");
  const CommandResult result = Restore("append", {"-t", "\"T\""});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Rows(), "1n12 2n24 3n36 4n48 5n510 6mine");
  EXPECT_EQ(target_.Query("INSERT INTO \"T\" (net) VALUES (1) RETURNING id"),
            "7");
}

TEST_F(TableModeTest, WhatFailsChangesNothing) {
  const std::string before = Rows();
  for (const char* mode : {"append", "truncate", "upsert"}) {
    target_.Execute(
        "ALTER TABLE \"T\" DROP CONSTRAINT IF EXISTS c; "
        "ALTER TABLE \"T\" ADD CONSTRAINT c CHECK (\"Name\" <> "
        "'n5') NOT VALID");
    const CommandResult result = Restore(mode, {"-t", "u", "-t", "\"T\""});
    EXPECT_EQ(result.exit_code, 1) << mode;
    EXPECT_EQ(Rows(), before) << mode;
    EXPECT_EQ(target_.Query("SELECT count(*) FROM u"), "5") << mode;
  }
}

TEST_F(TableModeTest, TableThatIsReferredToIsNotTruncated) {
  target_.Execute("CREATE TABLE child (t integer REFERENCES \"T\")");
  const std::string before = Rows();
  const CommandResult result = Restore("truncate", {"-t", "\"T\""});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot truncate a table referenced"));
  EXPECT_EQ(Rows(), before);
}

TEST_F(TableModeTest, EachDifferenceOfColumnsIsListedBeforeAnythingIsWritten) {
  target_.Execute(
      "ALTER TABLE u ALTER b TYPE bigint; ALTER TABLE u ADD c "
      "integer NOT NULL DEFAULT 1, ADD d integer; ALTER TABLE u "
      "ALTER c DROP DEFAULT; ALTER TABLE keyless DROP a");
  const CommandResult result =
      Restore("truncate", {"-t", "u", "-t", "keyless"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("column \"b\" of table \"public.u\" is bigint, in the "
                      "archive it is integer"),
            HasSubstr("column \"c\" of table \"public.u\" is NOT NULL"),
            HasSubstr("column \"a\" of table \"public.keyless\" does not")));
  EXPECT_EQ(target_.Query("SELECT count(*) FROM u"), "5");
}

TEST_F(TableModeTest, NewColumnWithADefaultIsNoDifference) {
  target_.Execute("ALTER TABLE u ADD c integer NOT NULL DEFAULT 7");
  for (const char* mode : {"truncate", "upsert"}) {
    const CommandResult result = Restore(mode, {"-t", "u"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_EQ(target_.Query("SELECT sum(c) FROM u"), "35");
}

TEST_F(TableModeTest, UpsertNeedsAKeyAndEveryModeATable) {
  EXPECT_THAT(Restore("upsert", {"-t", "keyless"}).err,
              HasSubstr("table \"public.keyless\" has no primary key"));
  target_.Execute("DROP TABLE keyless");
  for (const char* mode : {"append", "truncate", "upsert"}) {
    const CommandResult result = Restore(mode, {"-t", "keyless"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err,
                HasSubstr("table \"public.keyless\" does not exist"));
  }
}

TEST_F(TableModeTest, CreateRefusesATableThatStands) {
  const CommandResult result = Restore("create", {"-t", "u"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr("table \"public.u\" stands in the target already"));
}

TEST_F(TableModeTest, WrongUsageIsExitCode2) {
  EXPECT_EQ(Restore("replace", {"-t", "u"}).exit_code, 2);
  EXPECT_EQ(Restore("append", {}).exit_code, 2);
  EXPECT_EQ(Restore("append", {"-t", "u", "-j", "2"}).exit_code, 2);
  EXPECT_EQ(Restore("append", {"-t", "u", "--clean"}).exit_code, 2);
}

}  // namespace
}  // namespace pgbale
