// Rows of partitions that go through their root: because their places may be
// others than at the source, or because somebody asks for it.

#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/io/file.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// Of so many labels some hash to another partition in any other database.
constexpr char kLabels[] = R"(
  DO $$ BEGIN EXECUTE 'CREATE TYPE e AS ENUM (' || (SELECT
    string_agg(quote_literal('label ' || i), ',') FROM generate_series(1, 40) i)
    || ')'; END $$;
)";

class PartitionsTest : public ServerTest {
 protected:
  // `table` is partitioned by the hash of `key`, into three partitions that
  // have its name and a number.
  static std::string Hashed(const std::string& table, const std::string& key) {
    std::string sql;
    for (int i = 0; i < 3; ++i)
      absl::StrAppend(&sql, "CREATE TABLE ", table, "_", i, " PARTITION OF ",
                      table, " FOR VALUES WITH (MODULUS 3, REMAINDER ", i,
                      ");");
    return absl::StrCat(" PARTITION BY HASH (", key, ");", sql);
  }

  // Likewise of a table with these columns.
  static std::string HashedTable(const std::string& table,
                                 const std::string& columns,
                                 const std::string& key = "a") {
    return absl::StrCat("CREATE TABLE ", table, " (", columns, ")",
                        Hashed(table, key));
  }

  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Restore(Words words) const {
    words.insert(words.begin(), {"restore", "-d", target_.name(), bale()});
    return RunPgbale(target_, words);
  }
  CommandResult Compare(Words words = {}) const {
    words.insert(words.begin(),
                 {"verify", "--against",
                  absl::StrCat("dbname=", target_.name()), bale()});
    return RunPgbale(target_, words);
  }
  // The tables whose rows go through a root.
  std::set<std::string> Marked() const {
    std::set<std::string> tables;
    auto source = OpenFileSource(bale());
    EXPECT_OK(source);
    auto archive = ArchiveReader::Open(*std::move(source));
    EXPECT_OK(archive);
    for (const Entry& entry : (*archive)->entries())
      if (entry.data.has_value() && entry.data->via_root)
        tables.insert(absl::StrCat(entry.name, " > ", entry.data->relation));
    return tables;
  }
  // All of `table`, in an order of its own. "t" alone would be the column of
  // that name, if there is one.
  static std::string RowsOf(const TestDatabase& database,
                            const std::string& table) {
    return database.Query(absl::StrCat(
        "SELECT count(*), md5(string_agg((t.*)::text, ',' ORDER BY "
        "(t.*)::text)) FROM ",
        table, " AS t"));
  }
  void ExpectSame(const std::string& table) const {
    EXPECT_EQ(RowsOf(source_, table), RowsOf(target_, table)) << table;
  }

  const TestDatabase source_, target_;
  const TempDir dir_;
};

// A hash of enums at the top, below ranges, and above them.
class EnumHashTest : public PartitionsTest {
 protected:
  void SetUp() override {
    PartitionsTest::SetUp();
    source_.Execute(absl::StrCat(kLabels, R"(
      CREATE TABLE h (a e, n integer, PRIMARY KEY (n, a)))",
                                 Hashed("h", "a"), R"(
      INSERT INTO h SELECT a, n FROM unnest(enum_range(NULL::e)) a,
        generate_series(1, 50) n;
      CREATE INDEX ON h (n);
      CREATE TABLE referring (a e, n integer, FOREIGN KEY (n, a) REFERENCES h);
      INSERT INTO referring SELECT a, n FROM h;
      CREATE TABLE log (a e, at date);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO public.log VALUES (NEW.a, now()); RETURN NEW; END';
      CREATE TRIGGER note AFTER INSERT ON h FOR EACH ROW EXECUTE FUNCTION note();

      CREATE TABLE below (n integer, a e, t text) PARTITION BY RANGE (n);
      CREATE TABLE below_plain PARTITION OF below FOR VALUES FROM (0) TO (10);
      CREATE TABLE below_hash PARTITION OF below FOR VALUES FROM (10) TO (99)
      )",
                                 Hashed("below_hash", "a"), R"(
      CREATE INDEX ON below (n);
      CREATE INDEX ON below_hash (t);
      INSERT INTO below SELECT n, a, n || 'x' FROM unnest(enum_range(NULL::e)) a,
        generate_series(1, 50) n;

      CREATE TABLE above (a e, n integer) PARTITION BY HASH (a);
      CREATE TABLE above_0 PARTITION OF above
        FOR VALUES WITH (MODULUS 2, REMAINDER 0) PARTITION BY RANGE (n);
      CREATE TABLE above_0_0 PARTITION OF above_0 FOR VALUES FROM (0) TO (30);
      CREATE TABLE above_0_1 (n integer, a e);
      ALTER TABLE above_0 ATTACH PARTITION above_0_1 DEFAULT;
      CREATE TABLE above_1 PARTITION OF above
        FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE UNIQUE INDEX ON above (a, n);
      INSERT INTO above SELECT a, n FROM unnest(enum_range(NULL::e)) a,
        generate_series(1, 50) n;
    )"));
    // So that oids of labels are others in any case.
    target_.Execute(
        "CREATE SCHEMA other; CREATE TYPE other.other AS ENUM "
        "('x', 'y', 'z')");
  }

  // Else nothing was to be done.
  void ExpectMoved(const std::string& leaf) const {
    EXPECT_NE(RowsOf(source_, leaf), RowsOf(target_, leaf)) << leaf;
  }

  void ExpectRestored() const {
    for (const char* table : {"h", "referring", "below", "above", "log"})
      ExpectSame(table);
    ExpectSame("below_plain");
    ExpectMoved("h_0");
    EXPECT_EQ(PgDumpText(source_.name(), {"--schema-only"}),
              PgDumpText(target_.name(), {"--schema-only", "-N", "other"}));
    EXPECT_EQ(
        target_.Query("SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
        "0");
  }
};

TEST_F(EnumHashTest, RowsFindTheirPartitionsInAnotherDatabase) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  EXPECT_THAT(Marked(),
              UnorderedElementsAre(
                  "h_0 > h", "h_1 > h", "h_2 > h", "below_hash_0 > below",
                  "below_hash_1 > below", "below_hash_2 > below",
                  "above_0_0 > above", "above_0_1 > above", "above_1 > above"));
  const CommandResult result = Restore({"-j", "4", "--allow-non-empty"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  ExpectRestored();
}

TEST_F(EnumHashTest, InOneTransactionToo) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  const CommandResult result = Restore({"-1", "--allow-non-empty"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  ExpectRestored();
}

// above_0_1 has its columns in another order: what it held can only be counted.
TEST_F(EnumHashTest, AreComparedAsAWhole) {
  source_.Execute("DROP TABLE above");
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  ASSERT_EQ(Restore({"--allow-non-empty"}).exit_code, 0);
  EXPECT_EQ(Compare().exit_code, 0) << Compare().out;
  EXPECT_EQ(Compare({"-t", "h_0"}).exit_code, 0) << Compare({"-t", "h_0"}).out;
  EXPECT_EQ(Compare({"-t", "below_plain"}).exit_code, 0);
  target_.Execute(
      "DELETE FROM referring; UPDATE below SET t = 'y' WHERE n = 5");
  EXPECT_THAT(
      Compare({"-t", "below_hash_1"}).out,
      HasSubstr("differs: table \"public.below\": 2,000 rows, as many"));
}

TEST_F(EnumHashTest, OtherOrdersOfColumnsAreOnlyCounted) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  ASSERT_EQ(Restore({"--allow-non-empty"}).exit_code, 0);
  const CommandResult equal = Compare({"-t", "above*"});
  EXPECT_EQ(equal.exit_code, 3) << equal.err;
  EXPECT_THAT(equal.out, HasSubstr("not compared: table \"public.above\": its "
                                   "partitions have their columns in"));
  target_.Execute("DELETE FROM above WHERE n = 1");
  EXPECT_THAT(Compare({"-t", "above_1"}).out,
              HasSubstr("differs: table \"public.above\": 1,960 rows, in the "
                        "archive 2,000"));
}

// The root is not there to be asked.
TEST_F(EnumHashTest, OnePartitionWithoutItsRootStandsAlone) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  CommandResult result = Restore({"-t", "h_0", "--no-dependencies"});
  EXPECT_EQ(result.exit_code, 1);  // It needs the type, which is not there.
  target_.Execute(kLabels);
  result = Restore({"-t", "h_0", "--no-dependencies"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  ExpectSame("h_0");
  EXPECT_EQ(target_.Query("SELECT to_regclass('h') IS NULL"), "t");
  EXPECT_EQ(Compare({"-t", "h_0"}).exit_code, 0) << Compare({"-t", "h_0"}).out;
}

TEST_F(EnumHashTest, OnePartitionThatWasDumpedStandsAlone) {
  ASSERT_TRUE(
      DumpAndVerify(source_, bale(), {"-t", "h_1", "-t", "below_hash*"}));
  target_.Execute(kLabels);
  const CommandResult result = Restore({"-j", "2", "--allow-non-empty"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  ExpectSame("h_1");
  // Below what was dumped, rows find their partitions.
  ExpectSame("below_hash");
  ExpectMoved("below_hash_0");
  EXPECT_EQ(Compare({"-t", "h_1"}).exit_code, 0) << Compare({"-t", "h_1"}).out;
}

TEST_F(EnumHashTest, OnePartitionOfARootSaysWhatItLacks) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  const CommandResult result = Restore({"-t", "h_0"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("no partition of relation \"h\""),
                                HasSubstr("all of \"public.h\"")));
}

TEST_F(EnumHashTest, RowsAloneFindTheirPartitions) {
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"-t", "h*"}));
  target_.Execute(absl::StrCat(kLabels, "CREATE TABLE h (a e, n integer)",
                               Hashed("h", "a")));
  for (const Words& words :
       {Words{"-a", "-j", "2"}, Words{"-t", "h", "--table-mode", "truncate"}}) {
    const CommandResult result = Restore(words);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    ExpectSame("h");
  }
  const CommandResult some =
      Restore({"-t", "h_*", "--table-mode", "append", "--where", "h_1=n < 3"});
  EXPECT_EQ(some.exit_code, 0) << some.err;
}

TEST_F(EnumHashTest, StatisticsOfPartitionsStayOut) {
  if (target_.Query("SELECT current_setting('server_version_num')::int >= "
                    "180000") == "f")
    GTEST_SKIP() << "only 18 and later take statistics";
  source_.Execute("ANALYZE");
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--statistics"}));
  const CommandResult result = Restore({"--allow-non-empty"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("left out statistics of partitions"));
  const auto known = [&](const std::string& tables) {
    return target_.Query(absl::StrCat(
        "SELECT count(*) FROM pg_stats WHERE tablename ~ '^", tables, "$'"));
  };
  EXPECT_EQ(known("(h_.|below_hash_.|above_0_.|above_1)"), "0");
  EXPECT_NE(known("(h|below|below_hash|above|below_plain)"), "0");
}

class HashKeysTest : public PartitionsTest {};

// What is hashed by an oid is not the same in another database.
TEST_F(HashKeysTest, AllThatHashAnOidGoThroughTheRoot) {
  source_.Execute(
      absl::StrCat(kLabels, R"(
    CREATE DOMAIN d AS e; CREATE DOMAIN dd AS d; CREATE DOMAIN da AS e[];
    CREATE TYPE r AS RANGE (subtype = e);
    CREATE DOMAIN whole AS integer; CREATE DOMAIN o AS oid;
    CREATE TABLE u_list (a e) PARTITION BY LIST (a);
    CREATE TABLE u_list_0 PARTITION OF u_list DEFAULT;)",
                   HashedTable("t_e", "a e"), HashedTable("t_d", "a dd"),
                   HashedTable("t_a", "a e[]"), HashedTable("t_da", "a da"),
                   HashedTable("t_ad", "a dd[]"), HashedTable("t_r", "a r"),
                   HashedTable("t_class", "a regclass"),
                   HashedTable("t_types", "i integer, a regtype[]", "i, a"),
                   HashedTable("t_acl", "a aclitem"),
                   HashedTable("t_x", "a e, b e", "(greatest(a, b))")));
  source_.Execute(absl::StrCat(
      HashedTable("u_i", "a integer"), HashedTable("u_w", "a whole, e e"),
      HashedTable("u_o", "a oid"), HashedTable("u_od", "a o"),
      HashedTable("u_t", "a text"), HashedTable("u_a", "a uuid[]"),
      HashedTable("u_r", "a int4range"),
      HashedTable("u_x", "a text", "(a || 'x')")));
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  std::set<std::string> expected;
  for (const char* table : {"t_e", "t_d", "t_a", "t_da", "t_ad", "t_r",
                            "t_class", "t_types", "t_acl", "t_x"})
    for (int i = 0; i < 3; ++i)
      expected.insert(absl::StrCat(table, "_", i, " > ", table));
  EXPECT_EQ(Marked(), expected);
}

TEST_F(HashKeysTest, OfCompositesAndMultirangesToo) {
  if (source_.Query(
          "SELECT current_setting('server_version_num')::int < 140000") == "t")
    GTEST_SKIP() << "13 has no hash of composites, and no multiranges";
  source_.Execute(absl::StrCat(kLabels, R"(
    CREATE TYPE r AS RANGE (subtype = e, multirange_type_name = m);
    CREATE TYPE c AS (i integer, a e); CREATE TYPE cc AS (c c, i integer);
    CREATE TYPE plain AS (i integer, t text);
    )",
                               HashedTable("t_m", "a m"),
                               HashedTable("t_c", "a cc"),
                               HashedTable("u_c", "a plain")));
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  EXPECT_THAT(Marked(), UnorderedElementsAre("t_m_0 > t_m", "t_m_1 > t_m",
                                             "t_m_2 > t_m", "t_c_0 > t_c",
                                             "t_c_1 > t_c", "t_c_2 > t_c"));
}

// The option, of a dump or of a restore: into a table with other partitions.
class LoadViaRootTest : public PartitionsTest {
 protected:
  void SetUp() override {
    PartitionsTest::SetUp();
    source_.Execute(R"(
      CREATE TABLE p (n integer, t text) PARTITION BY RANGE (n);
      CREATE TABLE p_0 PARTITION OF p FOR VALUES FROM (0) TO (50);
      CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (50) TO (101);
      CREATE TABLE plain (n integer);
      INSERT INTO p SELECT n, n || 'x' FROM generate_series(1, 100) n;
      INSERT INTO plain SELECT generate_series(1, 10);
    )");
  }
  void MakeOtherPartitions() const {
    target_.Execute(R"(
      DROP TABLE IF EXISTS p, plain;
      CREATE TABLE p (n integer, t text) PARTITION BY RANGE (n);
      CREATE TABLE p_0 PARTITION OF p FOR VALUES FROM (0) TO (20);
      CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (20) TO (90);
      CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (90) TO (101);
      CREATE TABLE plain (n integer);
    )");
  }
  void ExpectRestored() const {
    ExpectSame("p");
    ExpectSame("plain");
    EXPECT_EQ(target_.Query("SELECT count(*) FROM p_1"), "70");
  }
};

TEST_F(LoadViaRootTest, ADumpMarksAllPartitions) {
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"--load-via-partition-root"}));
  EXPECT_THAT(Marked(), UnorderedElementsAre("p_0 > p", "p_1 > p"));
  MakeOtherPartitions();
  const CommandResult result = Restore({"-a", "-j", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  ExpectRestored();
}

TEST_F(LoadViaRootTest, OfADumpOfRowsAlone) {
  ASSERT_TRUE(
      DumpAndVerify(source_, bale(), {"-a", "--load-via-partition-root"}));
  MakeOtherPartitions();
  EXPECT_EQ(Restore({"-a"}).exit_code, 0);
  ExpectRestored();
}

TEST_F(LoadViaRootTest, ARestoreDecidesAfterwards) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  EXPECT_THAT(Marked(), IsEmpty());
  MakeOtherPartitions();
  const CommandResult without = Restore({"-a"});
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err,
              AllOf(HasSubstr("violates partition constraint"),
                    HasSubstr("--load-via-partition-root lets them")));
  MakeOtherPartitions();
  const CommandResult result =
      Restore({"-a", "-j", "2", "--load-via-partition-root"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  ExpectRestored();
  const CommandResult one_by_one = Compare();
  EXPECT_EQ(one_by_one.exit_code, 1);
  EXPECT_THAT(one_by_one.out, HasSubstr("differs: table \"public.p_0\""));
  EXPECT_THAT(
      Compare({"--load-via-partition-root", "-t", "p_*"}).out,
      AllOf(HasSubstr("equal: 1 tables, 100 rows"), Not(HasSubstr("differs"))));
}

// Of a partition that the target has not, too.
TEST_F(LoadViaRootTest, PartitionsNeedNotStand) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  target_.Execute(
      "CREATE TABLE p (n integer, t text); CREATE TABLE plain (n integer)");
  EXPECT_EQ(Restore({"-a", "--load-via-partition-root"}).exit_code, 0);
  ExpectSame("p");
}

TEST_F(LoadViaRootTest, RestoresWholeDatabasesToo) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  const CommandResult result =
      Restore({"-j", "2", "--load-via-partition-root"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

TEST_F(LoadViaRootTest, APipeCanDoSo) {
  MakeOtherPartitions();
  const CommandResult result =
      RunCommand({"sh", "-c",
                  absl::StrCat("\"$0\" dump -f - | \"$0\" restore -a -d ",
                               target_.name(), " --load-via-partition-root -"),
                  kProgram},
                 source_.environment());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  ExpectRestored();
}

TEST_F(LoadViaRootTest, RowsAloneOfAnArchiveThatKnowsNoRootsAreRefused) {
  ASSERT_TRUE(DumpAndVerify(source_, bale(), {"-a"}));
  MakeOtherPartitions();
  const CommandResult result = Restore({"-a", "--load-via-partition-root"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr("does not say which tables are partitions"));
  EXPECT_EQ(target_.Query("SELECT count(*) FROM plain"), "0");
}

TEST_F(LoadViaRootTest, TruncationWantsAllPartitions) {
  ASSERT_TRUE(DumpAndVerify(source_, bale()));
  ASSERT_TRUE(RestoreInto(target_, bale()));
  const Words truncate = {"--table-mode", "truncate",
                          "--load-via-partition-root", "-t", "p_0"};
  const CommandResult one = Restore(truncate);
  EXPECT_EQ(one.exit_code, 1);
  EXPECT_THAT(one.err, HasSubstr("may hold rows of other partitions"));
  Words all = truncate;
  all.insert(all.end(), {"-t", "p_1"});
  const CommandResult both = Restore(all);
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_TRUE(EqualDatabases(source_.name(), target_.name()));
}

}  // namespace
}  // namespace pgbale
