// What the target does not let in, and a target that goes away: by the real
// program, with the object, the SQLSTATE, the exit code and what is left.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/activity.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTable[] = R"(
  CREATE TABLE t (a integer, b text);
  INSERT INTO t SELECT i, 'b' FROM generate_series(1, 1000) AS i;
)";

class BadRowsTest : public ActivityTest {
 protected:
  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Restore(Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale()});
    return RunPgbale(target_, words);
  }
  // Rows alone into the table, which the target has with `sql` more.
  CommandResult RestoreRowsInto(const std::string& sql) const {
    source_.Execute(kTable);
    EXPECT_TRUE(DumpAndVerify(source_, bale()));
    target_.Execute(absl::StrCat("CREATE TABLE t (a integer, b text);", sql));
    return Restore({"-a"});
  }
  std::string RowsInTarget() const {
    return target_.Query("SELECT count(*) FROM t");
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

TEST_F(BadRowsTest, AValueThatIsThereTwiceEndsTheRestore) {
  const CommandResult result = RestoreRowsInto(
      "CREATE UNIQUE INDEX u ON t (a); INSERT INTO t VALUES (500, 'mine')");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("table data \"public.t\""), HasSubstr("\"u\""),
                    HasSubstr("(23505, bad data)"),
                    HasSubstr("HINT: The rows hold a value twice")));
  EXPECT_EQ(RowsInTarget(), "1");
}

TEST_F(BadRowsTest, ACheckThatFailsEndsTheRestore) {
  const CommandResult result =
      RestoreRowsInto("ALTER TABLE t ADD CONSTRAINT few CHECK (a < 1000)");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("table data \"public.t\""), HasSubstr("\"few\""),
                    HasSubstr("(23514, bad data)")));
  EXPECT_EQ(RowsInTarget(), "0");
}

TEST_F(BadRowsTest, ATriggerThatRaisesEndsTheRestore) {
  const CommandResult result = RestoreRowsInto(R"(
    CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RAISE 'not on sundays' USING ERRCODE = 'AB123'; END $$;
    CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no();
  )");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("table data \"public.t\""),
                    HasSubstr("not on sundays"), HasSubstr("(AB123, other)")));
}

// The code stands for the disk.
TEST_F(BadRowsTest, AFullDiskOfTheServerIsSaid) {
  const CommandResult result = RestoreRowsInto(R"(
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER g BEFORE INSERT ON t
      FOR EACH ROW WHEN (NEW.a = 900) EXECUTE FUNCTION full_disk();
  )");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("table data \"public.t\""),
                                HasSubstr("(53100, resources)"),
                                HasSubstr("HINT: The server's disk is full")));
  EXPECT_EQ(RowsInTarget(), "0");
}

TEST_F(BadRowsTest, ARoleThatMayNotInsertIsToldBeforeAnythingIsWritten) {
  source_.Execute(kTable);
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  const std::string role = absl::StrCat(target_.name(), "_poor");
  target_.Execute(absl::StrCat("CREATE ROLE ", role,
                               "; CREATE TABLE t (a integer, b text)"));
  const CommandResult result = Restore({"-a", "--role", role});
  target_.Execute(absl::StrCat("DROP ROLE ", role));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("nothing was written"),
                                HasSubstr("may not"), HasSubstr("public.t")));
}

TEST_F(BadRowsTest, ATargetThatIsDroppedMeanwhileIsWorthAnotherTry) {
  source_.Execute(kTable);
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  target_.Execute("CREATE TABLE t (a integer, b text)");
  BackgroundProcess holder(
      {"psql", "-qX", "-c", "BEGIN; LOCK TABLE t; SELECT pg_sleep(60)"},
      target_.environment());
  ASSERT_TRUE(Appears(target_, "query LIKE '%pg_sleep(60)%'"));
  const std::string log = dir_.File("log");
  BackgroundProcess restore(
      {"sh", "-c", "exec \"$0\" restore -a -d \"$1\" \"$2\" 2> \"$3\"",
       kProgram, target_.name(), bale(), log},
      target_.environment());
  ASSERT_TRUE(Appears(target_,
                      "query LIKE 'COPY%' AND wait_event_type = "
                      "'Lock'"));
  source_.Execute(
      absl::StrCat("DROP DATABASE ", target_.name(), " WITH (FORCE)"));
  EXPECT_EQ(restore.Wait(), 31);
  source_.Execute(absl::StrCat("CREATE DATABASE ", target_.name()));
  EXPECT_THAT(dir_.Read("log"), AllOf(HasSubstr("table data \"public.t\""),
                                      HasSubstr("57P01"), HasSubstr("HINT: ")));
}

// Keys that hold nobody back at the source: its triggers were disabled.
class BrokenKeysTest : public BadRowsTest {
 protected:
  void SetUp() override {
    BadRowsTest::SetUp();
    source_.Execute(R"(
      CREATE TABLE parents (a integer, b integer, PRIMARY KEY (a, b));
      CREATE TABLE children (id integer PRIMARY KEY, a integer, b integer,
        pad text,
        CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES parents,
        CONSTRAINT wholly FOREIGN KEY (a, b) REFERENCES parents MATCH FULL,
        CONSTRAINT own FOREIGN KEY (a) REFERENCES children);
      INSERT INTO parents SELECT i, i FROM generate_series(1, 100) AS i;
      INSERT INTO children SELECT i, i, i, repeat('x', 300)
      FROM generate_series(1, 100) AS i;
      ALTER TABLE children DISABLE TRIGGER ALL;
      INSERT INTO children VALUES (101, 101, 101), (102, 102, 1), (103, 5, NULL);
      ALTER TABLE children ENABLE TRIGGER ALL;
    )");
    ASSERT_TRUE(DumpAndVerify(source_, bale()));
  }
  std::string KeysInTarget() const {
    return target_.Query(
        "SELECT string_agg(conname || CASE WHEN convalidated THEN '' ELSE '?' "
        "END, ' ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f'");
  }
  void ExpectListed(const CommandResult& result) const {
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(
        result.err,
        AllOf(HasSubstr("fk constraint \"public.simple\" of \"children\" stays "
                        "NOT VALID: rows that refer to none: 2 (23503)"),
              HasSubstr("fk constraint \"public.wholly\" of \"children\" stays "
                        "NOT VALID: rows that refer to none: 3 (23503)"),
              Not(HasSubstr("public.own\" of \"children\" stays"))));
    EXPECT_EQ(KeysInTarget(), "own simple? wholly?");
    EXPECT_EQ(target_.Query("SELECT count(*) FROM children"), "103");
  }
};

TEST_F(BrokenKeysTest, AreErrorsUnlessTheyMayStay) {
  const CommandResult result = Restore({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("fk constraint"), HasSubstr("(23503, bad data)"),
                    HasSubstr("HINT: A referenced row is missing")));
  EXPECT_EQ(Restore({"--fk-on-violation", "perhaps"}).exit_code, 2);
}

TEST_F(BrokenKeysTest, MayStayUncheckedAndAreListed) {
  ExpectListed(Restore({"--fk-on-violation=not-valid"}));
}

TEST_F(BrokenKeysTest, MayStayUncheckedInOneTransaction) {
  ExpectListed(Restore({"-1", "--fk-on-violation=not-valid"}));
}

TEST_F(BrokenKeysTest, MayStayUncheckedWhereErrorsAreListed) {
  ExpectListed(Restore({"--fk-on-violation=not-valid", "--on-error=continue"}));
}

TEST_F(BrokenKeysTest, AreCountedByTheColumnsThatTheyBind) {
  source_.Execute(R"(
    CREATE TABLE words (w text COLLATE "C", n integer, PRIMARY KEY (n, w));
    CREATE TABLE uses (w integer, n text COLLATE "POSIX",
      CONSTRAINT crossed FOREIGN KEY (n, w) REFERENCES words (w, n));
    INSERT INTO words VALUES ('a', 1), ('b', 2);
    SET session_replication_role = replica;
    INSERT INTO uses VALUES (1, 'a'), (2, 'a'), (2, 'b'), (3, 'c'), (NULL, 'x');
  )");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  const CommandResult result =
      Restore({"-t", "words", "-t", "uses", "--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("\"public.crossed\" of \"uses\" stays NOT VALID: rows "
                        "that refer to none: 2 (23503): "));
}

// Of one transaction, the others are made.
TEST_F(BrokenKeysTest, AmongManySmallOnesAreListedToo) {
  source_.Execute(R"(
    DO $$ BEGIN FOR i IN 1..20 LOOP
      EXECUTE format('CREATE TABLE many_%1$s (a integer, b integer,'
        ' CONSTRAINT key_%1$s FOREIGN KEY (a, b) REFERENCES parents)', i);
    END LOOP; END $$;
    SET session_replication_role = replica;
    INSERT INTO many_7 VALUES (1000, 1);
  )");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  const CommandResult result =
      Restore({"-t", "many_*", "-t", "parents", "--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("\"public.key_7\" of \"many_7\" stays NOT VALID: rows "
                        "that refer to none: 1 (23503)"));
  EXPECT_EQ(target_.Query("SELECT count(*), count(*) FILTER (WHERE"
                          " convalidated) FROM pg_constraint"
                          " WHERE contype = 'f'"),
            "20|19");
}

// Where the server lets none stay NOT VALID, or would leave those of the
// partitions unchecked.
TEST_F(BrokenKeysTest, OfPartitionedTablesAreErrorsAllTheSame) {
  source_.Execute(R"(
    CREATE TABLE parted (a integer, b integer, CONSTRAINT of_parts
      FOREIGN KEY (a, b) REFERENCES parents) PARTITION BY RANGE (a);
    CREATE TABLE parted_1 PARTITION OF parted DEFAULT;
    SET session_replication_role = replica;
    INSERT INTO parted VALUES (7, 8);
  )");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  const CommandResult result =
      Restore({"--fk-on-violation=not-valid", "--on-error=continue"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("fk constraint \"public.of_parts\" of \"parted\""),
            Not(HasSubstr("of_parts\" of \"parted\" stays"))));
  EXPECT_EQ(KeysInTarget(), "own simple? wholly?");
}

// While they are checked, they have their old names in a schema of their own;
// one of those names stands in the target.
TEST_F(BrokenKeysTest, OfTablesUnderOtherNamesAreListedUnderThese) {
  target_.Execute(
      "CREATE TABLE parents (a integer, b integer, PRIMARY KEY (a, b));"
      "CREATE TABLE children (a integer, b integer,"
      " CONSTRAINT simple FOREIGN KEY (a, b) REFERENCES parents)");
  const CommandResult result =
      Restore({"-t", "children", "-t", "parents", "--rename", "children=kids",
               "--rename", "parents=elders", "--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("fk constraint \"public.simple\" of \"kids\" stays NOT "
                      "VALID: rows that refer to none: 2 (23503), under the "
                      "old names: "),
            HasSubstr("fk constraint \"public.wholly\" of \"kids\" stays NOT "
                      "VALID: rows that refer to none: 3 (23503), under the "
                      "old names: ")));
  EXPECT_EQ(target_.Query("SELECT string_agg(conname, ' ' ORDER BY conname)"
                          " FROM pg_constraint WHERE NOT convalidated AND"
                          " conrelid = 'kids'::regclass AND"
                          " confrelid = 'elders'::regclass"),
            "simple wholly");
}

TEST_F(BrokenKeysTest, ToATableUnderAnotherNameAreListedToo) {
  const CommandResult result =
      Restore({"-1", "-t", "children", "-t", "parents", "--rename",
               "parents=elders", "--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("fk constraint \"public.simple\" of "
                                    "\"children\" stays NOT VALID: rows that "
                                    "refer to none: 2 (23503), under the old "
                                    "names: "));
}

// A row with a period refers to all those that cover it together.
TEST_F(BadRowsTest, KeysWithAPeriodMayStayUncheckedAndAreCounted) {
  if (source_.Query("SELECT current_setting('server_version_num')::integer"
                    " < 180000") == "t")
    GTEST_SKIP() << "foreign keys with PERIOD came with 18";
  source_.Execute(R"(
    CREATE TABLE rooms (id int4range, open daterange,
      PRIMARY KEY (id, open WITHOUT OVERLAPS));
    CREATE TABLE stays (n integer, during daterange, room int4range,
      CONSTRAINT whole FOREIGN KEY (room, PERIOD during) REFERENCES rooms);
    INSERT INTO rooms VALUES ('[1,2)', '[2025-01-01,2025-02-01)'),
      ('[1,2)', '[2025-02-01,2025-03-01)'), ('[2,3)', '[2025-05-01,)');
    ALTER TABLE stays DISABLE TRIGGER ALL;
    INSERT INTO stays VALUES (1, '[2025-01-10,2025-02-10)', '[1,2)'),
      (2, '[2025-02-10,2025-03-10)', '[1,2)'),
      (3, '[2025-01-10,2025-02-10)', '[2,3)'),
      (4, '[2025-01-10,2025-02-10)', '[9,10)'),
      (5, '[2026-01-10,2026-02-10)', '[2,3)'),
      (6, '[2025-01-10,2025-02-10)', NULL);
    ALTER TABLE stays ENABLE TRIGGER ALL;
  )");
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  const CommandResult result = Restore({"--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("\"public.whole\" of \"stays\" stays NOT VALID: rows "
                        "that refer to none: 3 (23503)"));
}

// Of large tables, a key is checked in a step of its own.
TEST_F(BrokenKeysTest, MayStayUncheckedAfterASecondStep) {
  source_.Execute(
      "UPDATE children SET pad = repeat('x', 1000)"
      " WHERE id <= 100;"
      "ALTER TABLE children DISABLE TRIGGER ALL;"
      "INSERT INTO children SELECT i, 1, 1, repeat('y', 1000)"
      " FROM generate_series(1000, 4000) AS i;"
      "ALTER TABLE children ENABLE TRIGGER ALL");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--overwrite"}));
  const CommandResult result =
      Restore({"-j", "2", "--fk-on-violation=not-valid"});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("rows that refer to none: 2 (23503)"),
                    HasSubstr("rows that refer to none: 3 (23503)")));
  EXPECT_EQ(KeysInTarget(), "own simple? wholly?");
}

}  // namespace
}  // namespace pgbale
