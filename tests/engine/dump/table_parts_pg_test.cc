// Tables that are cut into ranges of pages.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/dump/copy_statement.h"
#include "engine/dump/table_parts.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Few rows on many pages: what is cut is pages.
constexpr char kSparse[] = "WITH (fillfactor = 10)";

class TablePartsTest : public ServerTest {
 protected:
  // How a dump by `connections` would cut the tables of `database`.
  static std::vector<TablePart> PlanFor(const TestDatabase& database,
                                        CatalogDump& catalog, int connections) {
    const auto leader = *database.Connect();
    const pg::Result tables = *leader->Query(
        "SELECT oid, relname FROM pg_catalog.pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace ORDER BY relname");
    for (const pg::Row table : tables) {
      Entry& entry = catalog.entries.emplace_back();
      entry.id = static_cast<uint32_t>(catalog.entries.size());
      entry.schema = "public";
      entry.name = std::string(table.text(1));
      entry.data.emplace();
      catalog.sources.push_back(
          {.entry_id = entry.id, .relation = table.oid(0), .condition = {}});
    }
    return *PlanTableParts(*leader, catalog, connections);
  }

  // The file of a dump of `source` by `jobs` connections, as verify -l tells
  // it: rows and digests.
  static std::string DigestsOf(const TestDatabase& source, int jobs) {
    const TempDir dir;
    EXPECT_TRUE(
        DumpAndVerify(source, dir.File("a.bale"), {"-j", absl::StrCat(jobs)}));
    const CommandResult list =
        RunPgbale(source, {"list", "--json", dir.File("a.bale")});
    EXPECT_EQ(list.exit_code, 0) << list.err;
    return list.out;
  }
};

TEST_F(TablePartsTest, EachPageIsInOnePart) {
  const TestDatabase database;
  database.Execute(absl::StrCat("CREATE TABLE t (a integer, b text) ", kSparse,
                                "; INSERT INTO t SELECT i, repeat('x', 200) "
                                "FROM generate_series(1, 16000)"
                                " AS i"));
  CatalogDump catalog;
  const std::vector<TablePart> parts = PlanFor(database, catalog, 2);
  ASSERT_THAT(parts, SizeIs(Gt(2)));
  EXPECT_EQ(parts.front().pages.first, 0u);
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    ASSERT_TRUE(parts[i].pages.end.has_value());
    EXPECT_EQ(*parts[i].pages.end, parts[i + 1].pages.first);
  }
  EXPECT_FALSE(parts.back().pages.end.has_value());
  EXPECT_LT(parts.back().pages.first * 8192,
            catalog.entries[0].data->bytes_estimate);
}

TEST_F(TablePartsTest, OneConnectionReadsTablesWhole) {
  const TestDatabase database;
  database.Execute(absl::StrCat("CREATE TABLE t (a integer, b text) ", kSparse,
                                "; INSERT INTO t SELECT i, repeat('x', 200) "
                                "FROM generate_series(1, 16000)"
                                " AS i"));
  CatalogDump catalog;
  const std::vector<TablePart> parts = PlanFor(database, catalog, 1);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_TRUE(parts[0].pages.is_all());
}

TEST_F(TablePartsTest, WhatIsInToastWeighs) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE t (a integer, b text);"
      "ALTER TABLE t ALTER b SET STORAGE EXTERNAL;"
      "INSERT INTO t SELECT i, repeat('x', 20000)"
      " FROM generate_series(1, 1500) AS i");
  CatalogDump catalog;
  EXPECT_THAT(PlanFor(database, catalog, 2), SizeIs(Gt(2)));
  EXPECT_GT(catalog.entries[0].data->bytes_estimate, 30000000u);
}

// Neither statistics nor what was deleted tell that a table is empty.
TEST_F(TablePartsTest, OnlyTablesWithoutAPageHaveNoPart) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE a_deleted AS SELECT 1 AS a; DELETE FROM a_deleted;"
      "CREATE TABLE b_empty (a integer);"
      "CREATE TABLE c_not_analyzed AS SELECT 1 AS a;"
      "CREATE TABLE d_truncated AS SELECT 1 AS a; TRUNCATE d_truncated");
  CatalogDump catalog;
  std::vector<std::string> names;
  for (const TablePart& part : PlanFor(database, catalog, 2))
    names.push_back(part.entry->name);
  EXPECT_THAT(names, ElementsAre("a_deleted", "c_not_analyzed"));
}

TEST_F(TablePartsTest, EmptyTablesAreEmptyWhenRestored) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE empty (a serial PRIMARY KEY, b text);"
      "CREATE UNLOGGED TABLE fleeting (a integer);"
      "CREATE TABLE root (a integer) PARTITION BY LIST (a);"
      "CREATE TABLE leaf PARTITION OF root DEFAULT;"
      "CREATE MATERIALIZED VIEW kept AS SELECT a FROM empty;"
      "CREATE TABLE full_one AS SELECT 1 AS a");
  EXPECT_TRUE(RoundTrip(source));
}

// Else each part would read the whole table.
TEST_F(TablePartsTest, TheServerReadsOnlyThePagesOfAPart) {
  const TestDatabase database;
  database.Execute(absl::StrCat("CREATE TABLE t (a integer, b text) ", kSparse,
                                "; INSERT INTO t SELECT i, repeat('x', 200) "
                                "FROM generate_series(1, 16000)"
                                " AS i"));
  CatalogDump catalog;
  for (const TablePart& part : PlanFor(database, catalog, 2)) {
    EXPECT_THAT(database.Query(absl::StrCat("EXPLAIN SELECT a, b FROM ONLY t ",
                                            part.pages.Condition())),
                HasSubstr("Tid Range Scan"));
  }
}

TEST_F(TablePartsTest, DigestsDoNotDependOnTheCut) {
  const TestDatabase source;
  source.Execute(absl::StrCat(
      "CREATE TYPE mood AS ENUM ('sad', 'ok');"
      "CREATE TABLE parent (a integer, b text, c mood) ",
      kSparse, "; CREATE TABLE child (d integer) INHERITS (parent) ", kSparse,
      "; CREATE TABLE gone (x integer, a integer, y text, g integer"
      " GENERATED ALWAYS AS (a + 1) STORED) ",
      kSparse,
      "; ALTER TABLE gone DROP COLUMN x;"
      "CREATE TABLE none () ",
      kSparse,
      "; CREATE TABLE part (a integer, b text) PARTITION BY RANGE (a);"
      "CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (9000) ",
      kSparse, "; CREATE TABLE part2 PARTITION OF part DEFAULT ", kSparse,
      "; INSERT INTO parent SELECT i, repeat('x', 200), 'ok'"
      " FROM generate_series(1, 12000) AS i;"
      "INSERT INTO child SELECT i, repeat('x', 200), 'sad', i"
      " FROM generate_series(1, 12000) AS i;"
      "INSERT INTO gone SELECT i, repeat('x', 200)"
      " FROM generate_series(1, 12000) AS i;"
      "INSERT INTO part SELECT i, repeat('x', 200)"
      " FROM generate_series(1, 24000) AS i;"
      "INSERT INTO none SELECT FROM generate_series(1, 700000);"
      "DELETE FROM parent WHERE a % 3 = 0"));
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("1.bale"), {"-j", "1"}));
  ASSERT_TRUE(DumpAndVerify(source, dir.File("3.bale"), {"-j", "3"}));
  for (const char* name : {"1.bale", "3.bale"}) {
    const CommandResult compared =
        RunPgbale(source, {"verify", "--against", "", dir.File(name)});
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
  }
  EXPECT_TRUE(RoundTrip(source));
}

TEST_F(TablePartsTest, RowsOfAllPartsComeBackInTheirOrder) {
  const TestDatabase source, target;
  source.Execute(absl::StrCat(
      "CREATE TABLE t (a integer, b text) ", kSparse,
      "; INSERT INTO t SELECT i, repeat('x', 200) FROM generate_series(1, "
      "16000) AS i"));
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale"), {"-j", "3"}));
  ASSERT_TRUE(RestoreInto(target, dir.File("a.bale"), {"-j", "1"}));
  EXPECT_EQ(target.Query("SELECT count(*) FROM (SELECT a, row_number() OVER "
                         "(ORDER BY ctid) AS n FROM t) s WHERE a = n"),
            "16000");
}

TEST_F(TablePartsTest, LargeObjectsAreCutToo) {
  const TestDatabase source;
  source.Execute(
      "SELECT count(lo_from_bytea(i, decode(repeat(md5(i::text), 1500), "
      "'hex')))"
      " FROM generate_series(1, 1000) i");
  EXPECT_TRUE(RoundTrip(source));
}

}  // namespace
}  // namespace pgbale
