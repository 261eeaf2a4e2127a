// Which rows are dumped: those that fulfil a condition, those of a snapshot,
// none of some tables.

#include <string>

#include "base/clock.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTables[] = R"(
  CREATE TABLE log (id integer PRIMARY KEY, t text);
  INSERT INTO log SELECT i, 'n' || i FROM generate_series(1, 100) i;
  CREATE SCHEMA "a=b";
  CREATE TABLE "a=b"."Odd ""name""" (n integer);
  INSERT INTO "a=b"."Odd ""name""" VALUES (1), (2);
  CREATE TABLE plain (a integer);
  INSERT INTO plain VALUES (1);
)";

class RowsTest : public ServerTest {
 protected:
  CommandResult Dump(const TestDatabase& source, const Words& options) const {
    Words words = {"dump", "--quiet", "--overwrite", "-f", bale()};
    words.insert(words.end(), options.begin(), options.end());
    return RunPgbale(source, words);
  }
  CommandResult Compare(const TestDatabase& database) const {
    return RunPgbale(
        database, {"verify", "--quiet", "--against", database.name(), bale()});
  }
  std::string bale() const { return dir_.File("a.bale"); }

  const TempDir dir_;
};

TEST_F(RowsTest, OnlyThoseThatFulfilTheConditionAreDumped) {
  const TestDatabase source, copy;
  source.Execute(kTables);
  const CommandResult dumped =
      Dump(source, {"--where", "log=id > 40 AND t <> 'n50' -- to the end",
                    "--where", "\"a=b\".\"Odd \"\"name\"\"\"= n = 2 OR false"});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  ASSERT_TRUE(RestoreInto(copy, bale()));
  EXPECT_EQ(copy.Query("SELECT count(*), min(id) FROM log"), "59|41");
  EXPECT_EQ(copy.Query("SELECT * FROM \"a=b\".\"Odd \"\"name\"\"\""), "2");
  EXPECT_EQ(copy.Query("SELECT * FROM plain"), "1");
}

TEST_F(RowsTest, ListTellsTheCondition) {
  const TestDatabase source;
  source.Execute(kTables);
  EXPECT_EQ(Dump(source, {"--where", "log=id > 40"}).exit_code, 0);
  EXPECT_THAT(RunPgbale(source, {"list", bale()}).out,
              HasSubstr("WHERE (id > 40)"));
  EXPECT_THAT(RunPgbale(source, {"list", "--json", bale()}).out,
              HasSubstr("\"condition\":\"WHERE (id > 40)\""));
}

TEST_F(RowsTest, ComparisonKnowsTheCondition) {
  const TestDatabase source;
  source.Execute(kTables);
  EXPECT_EQ(Dump(source, {"--where", "log=id > 40"}).exit_code, 0);
  source.Execute("DELETE FROM log WHERE id = 3");
  EXPECT_EQ(Compare(source).exit_code, 0);
  source.Execute("DELETE FROM log WHERE id = 50");
  EXPECT_EQ(Compare(source).exit_code, 1);
}

TEST_F(RowsTest, ForeignKeysThatMayNotHoldAreNamed) {
  const TestDatabase source;
  source.Execute(kTables);
  source.Execute(
      "CREATE TABLE refers (id integer CONSTRAINT to_log REFERENCES log)");
  const CommandResult dumped = Dump(source, {"--where", "log=id > 40"});
  EXPECT_EQ(dumped.exit_code, 0);
  EXPECT_THAT(dumped.err,
              HasSubstr("foreign key \"to_log\" of table \"public.refers\" may "
                        "not hold"));
  EXPECT_THAT(Dump(source, {"--where", "refers=true"}).err, IsEmpty());
}

TEST_F(RowsTest, ConditionsThatCannotBeAreRefusedBeforeRowsAreRead) {
  const TestDatabase source;
  source.Execute(kTables);
  source.Execute(
      "CREATE VIEW v AS SELECT 1; CREATE TABLE p (a integer)"
      " PARTITION BY LIST (a)");
  const auto refused = [&](const std::string& where, int exit_code,
                           const std::string& why) {
    const CommandResult result = Dump(source, {"--where", where});
    EXPECT_EQ(result.exit_code, exit_code) << where;
    EXPECT_THAT(result.err, HasSubstr(why)) << where;
  };
  refused("log", 2, "is not a table and a condition");
  refused("log=", 2, "is not a table and a condition");
  refused("nothing=true", 1, "nothing matches no table");
  refused("*=true", 1, "* matches more than one table");
  refused("v=true", 1, "v is no table");
  refused("p=true", 1, "p is partitioned: name the partitions");
  refused("log=no_such > 1", 1,
          "option --where for table \"public.log\": column \"no_such\" does "
          "not exist");
  refused("log=id > 1); DROP TABLE log; --", 1, "option --where for table");
  EXPECT_THAT(Dump(source, {"--where", "log=true", "-T", "log"}).err,
              HasSubstr("is not among the tables whose rows are dumped"));
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(RowsTest, OfATableAndItsPartitionsStayOut) {
  const TestDatabase source, copy;
  source.Execute(
      "CREATE TABLE p (a integer) PARTITION BY LIST (a);"
      "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2)"
      " PARTITION BY LIST (a);"
      "CREATE TABLE p_2_2 PARTITION OF p_2 FOR VALUES IN (2);"
      "CREATE TABLE other (a integer);"
      "INSERT INTO p VALUES (1), (2); INSERT INTO other VALUES (3)");
  EXPECT_EQ(Dump(source, {"--exclude-table-data-and-children", "p"}).exit_code,
            0);
  ASSERT_TRUE(RestoreInto(copy, bale()));
  EXPECT_EQ(copy.Query("SELECT (SELECT count(*) FROM p),"
                       "(SELECT count(*) FROM other)"),
            "0|1");
}

TEST_F(RowsTest, OfUnloggedTablesStayOutAsPgDumpHasIt) {
  const TestDatabase source, copy, expected;
  source.Execute(
      "CREATE UNLOGGED TABLE u (id serial, a integer);"
      "INSERT INTO u (a) VALUES (1); CREATE TABLE t (a integer);"
      "INSERT INTO t VALUES (1)");
  const Words option = {"--no-unlogged-table-data"};
  EXPECT_EQ(Dump(source, option).exit_code, 0);
  ASSERT_TRUE(RestoreInto(copy, bale()));
  ASSERT_TRUE(CopyByPgDump(source, expected, option));
  EXPECT_TRUE(EqualDatabases(expected.name(), copy.name()));
}

TEST_F(RowsTest, AreThoseOfASnapshotThatAnotherSessionExported) {
  const TestDatabase source, copy;
  source.Execute(kTables);
  ASSERT_OK_AND_ASSIGN(const auto other, source.Connect());
  ASSERT_OK(
      other->Execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
  ASSERT_OK_AND_ASSIGN(const pg::Result id,
                       other->Query("SELECT pg_export_snapshot()"));
  source.Execute("INSERT INTO plain VALUES (2)");
  const Words options = {"-j", "2", "--snapshot", id.row(0).str(0)};
  EXPECT_EQ(Dump(source, options).exit_code, 0);
  ASSERT_TRUE(RestoreInto(copy, bale()));
  EXPECT_EQ(copy.Query("SELECT sum(a) FROM plain"), "1");
  source.Execute("ALTER TABLE plain ADD b integer");
  const CommandResult late = Dump(source, options);
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_THAT(late.err, AllOf(HasSubstr("cannot be dumped any more"),
                              HasSubstr("HINT: No definitions may change")));
}

TEST_F(RowsTest, OfASnapshotThatIsNotThereAreAnError) {
  const TestDatabase source;
  const CommandResult gone =
      Dump(source, {"--snapshot", "00000003-0000001B-1"});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.err, HasSubstr("cannot import snapshot "
                                  "\"00000003-0000001B-1\""));
  EXPECT_EQ(Dump(source, {"--snapshot", "x'; DROP"}).exit_code, 1);
  EXPECT_EQ(
      Dump(source, {"--snapshot", "1", "--serializable-deferrable"}).exit_code,
      2);
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(RowsTest, OfASerializableSnapshotAreDumpedByManyJobs) {
  const TestDatabase source, copy;
  source.Execute(kTables);
  EXPECT_EQ(Dump(source, {"-j", "2", "--serializable-deferrable"}).exit_code,
            0);
  ASSERT_TRUE(RestoreInto(copy, bale()));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(RowsTest, ComeNoFasterThanTheRateLimit) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE t AS SELECT repeat('x', 100000) FROM"
      " generate_series(1, 16)");
  const Stopwatch clock;
  const CommandResult dumped = Dump(source, {"--rate-limit", "1MB", "-j", "2"});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  // The first tenth of a second is free, and so is the last message.
  EXPECT_GT(clock.seconds(), 1.3);
}

}  // namespace
}  // namespace pgbale
