// verify --against: a database and an archive, equal or not.

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
using ::testing::Not;

class CompareTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    source_.Execute(R"(
      CREATE TABLE a (i integer PRIMARY KEY, t text, f float8, d timestamptz);
      INSERT INTO a SELECT i, 'x' || i, i / 3.0, timestamptz 'epoch' +
        i * interval '1 h' FROM generate_series(1, 1000) AS i;
      CREATE SCHEMA s;
      CREATE TYPE s.mood AS ENUM ('sad', 'ok');
      CREATE TABLE s.b (m s.mood, n numeric, v varchar(9)[]);
      INSERT INTO s.b VALUES ('ok', 'NaN', '{a,NULL}'), (NULL, 1.50, NULL);
      CREATE TABLE s.empty (x point);
      CREATE TABLE s.h (m s.mood) PARTITION BY HASH (m);
      CREATE TABLE s.h0 PARTITION OF s.h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE s.h1 PARTITION OF s.h FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      INSERT INTO s.h SELECT m FROM unnest(enum_range(NULL::s.mood)) m,
        generate_series(1, 50);
      SELECT lo_from_bytea(4711, decode(repeat('0badcafe', 10000), 'hex'));
    )");
    ASSERT_TRUE(DumpAndVerify(source_, bale()));
    ASSERT_TRUE(RestoreInto(target_, bale(), {"-j", "2"}));
  }

  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Compare(const Words& options = {}) const {
    Words words = {"verify", "-j", "2", "--against",
                   absl::StrCat("dbname=", target_.name())};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(bale());
    return RunPgbale(target_, words);
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

TEST_F(CompareTest, ARestoredDatabaseIsEqual) {
  const CommandResult result = Compare();
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("equal: 5 tables, 1,1"));
}

TEST_F(CompareTest, ArraysWhoseNullsWereReplacedAreEqual) {
  const TestDatabase source, target;
  source.Execute(R"(
    CREATE DOMAIN list AS integer[];
    CREATE TABLE arrays (a integer[], t text[], l list);
    INSERT INTO arrays VALUES ('{NULL,2}', '{NULL,b}', '{NULL}'),
      ('{NULL,2}', '{NULL,NULL}', NULL);
    UPDATE arrays SET a[1] = 1, t[1] = 'a', l[1] = 1;
  )");
  const std::string bale = dir_.File("arrays.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  ASSERT_TRUE(RestoreInto(target, bale));
  for (const TestDatabase* const database : {&source, &target}) {
    const CommandResult result =
        RunPgbale(*database, {"verify", "--against",
                              absl::StrCat("dbname=", database->name()), bale});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  }
}

// The empty page that object 3 was left with is no end, and stands behind what
// was written later into the place of object 5.
TEST_F(CompareTest, LargeObjectsThatWereCutOffAreEqual) {
  const TestDatabase source, target;
  source.Execute(R"(
    SELECT lo_from_bytea(i, decode(repeat('0badcafe', 10000), 'hex'))
    FROM unnest('{5, 1, 2, 3, 4}'::oid[]) i;
    BEGIN;
    SELECT lo_truncate(lo_open(i::oid, 131072), (i - 1) * 2048)
    FROM generate_series(1, 4) i;
    COMMIT;
    SELECT lo_unlink(5);
    VACUUM pg_largeobject;
    SELECT lo_put(3, 40960, decode(repeat('0badcafe', 10000), 'hex'));
  )");
  ASSERT_EQ(source.Query("SELECT count(*) FILTER (WHERE data = '' AND ctid > "
                         "(SELECT max(ctid) FROM pg_largeobject WHERE loid = 3 "
                         "AND pageno > 2)) FROM pg_largeobject WHERE loid = 3"),
            "1");
  const std::string bale = dir_.File("cut.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  ASSERT_TRUE(RestoreInto(target, bale));
  const CommandResult result = RunPgbale(
      target,
      {"verify", "--against", absl::StrCat("dbname=", target.name()), bale});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST_F(CompareTest, EveryDifferenceIsNamed) {
  target_.Execute(
      "UPDATE a SET t = 'y' WHERE i = 500; DELETE FROM s.b WHERE m IS NULL;"
      "DROP TABLE s.empty; CREATE TABLE more (x integer);"
      "SELECT lo_put(4711, 5, 'x')");
  const CommandResult result = Compare();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("differs: table \"public.a\": 1,000 rows, as many as in "
                      "the archive, but not the same\n"),
            HasSubstr("differs: table \"s.b\": 1 rows, in the archive 2\n"),
            HasSubstr("differs: table \"s.empty\": the database has none"),
            HasSubstr("differs: table \"public.more\": it is not in the"),
            HasSubstr("differs: large objects: "), Not(HasSubstr("\"s.h"))));
  EXPECT_THAT(result.err, HasSubstr("HINT: "));
}

TEST_F(CompareTest, ChangedColumnsAreNamed) {
  target_.Execute(
      "ALTER TABLE a ALTER i TYPE bigint; ALTER TABLE s.b DROP COLUMN n");
  const CommandResult result = Compare();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("column \"i\" is of type bigint, in the archive "
                              "integer"),
                    HasSubstr("table \"s.b\": it has no column \"n\"")));
}

TEST_F(CompareTest, OnlyMatchingTablesAreCompared) {
  target_.Execute("UPDATE a SET t = 'y'; DROP TABLE s.empty");
  EXPECT_EQ(Compare({"-t", "s.b"}).exit_code, 0);
  EXPECT_EQ(Compare({"-t", "s.b", "--table", "a"}).exit_code, 1);
  const CommandResult nothing = Compare({"-t", "s.nothing"});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("\"s.nothing\""));
}

TEST_F(CompareTest, WhatCannotBeComparedIsSaid) {
  target_.Execute(
      "CREATE EXTENSION file_fdw; ALTER EXTENSION file_fdw ADD"
      " TABLE s.b");
  const CommandResult result = Compare();
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, HasSubstr("not compared: table \"s.b\": "));
}

TEST_F(CompareTest, JsonHasTheDifferences) {
  target_.Execute("DELETE FROM a");
  const CommandResult result = Compare({"--json"});
  EXPECT_THAT(result.out, HasSubstr("\"differences\":[\"table \\\"public.a"));
}

TEST_F(CompareTest, WrongUseIsNamed) {
  EXPECT_EQ(RunPgbale(target_, {"verify", "-t", "a", bale()}).exit_code, 2);
  EXPECT_EQ(RunPgbale(target_, {"verify", "--against", "x", "-"}).exit_code, 2);
  EXPECT_EQ(
      RunPgbale(target_, {"verify", "--against", "dbname=no_such_db", bale()})
          .exit_code,
      30);
}

}  // namespace
}  // namespace pgbale
