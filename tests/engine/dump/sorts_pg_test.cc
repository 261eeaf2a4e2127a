// Which indexes a server makes by sorting: a restore lets it have no more
// memory for them than a sort needs.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/io/file.h"
#include "base/status.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;

class SortsTest : public ServerTest {
 protected:
  absl::StatusOr<std::unique_ptr<ArchiveReader>> Dump(
      const TestDatabase& database) const {
    EXPECT_TRUE(DumpAndVerify(database, dir_.File("a.bale")));
    ASSIGN_OR_RETURN(auto file, OpenFileSource(dir_.File("a.bale")));
    return ArchiveReader::Open(std::move(file));
  }

  const TempDir dir_;
};

TEST_F(SortsTest, BTreesAreMadeBySortingAndOthersAreNot) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE t (a integer PRIMARY KEY, b integer UNIQUE, c integer[],"
      " p point, r int4range, EXCLUDE USING gist (r WITH &&));"
      "CREATE INDEX btree ON t (b); CREATE INDEX hash ON t USING hash (b);"
      "CREATE INDEX gin ON t USING gin (c);"
      "CREATE INDEX gist ON t USING gist (p);"
      "CREATE INDEX brin ON t USING brin (a);"
      "CREATE TABLE child (a integer REFERENCES t)");
  ASSERT_OK_AND_ASSIGN(const auto archive, Dump(database));
  std::set<std::string> sorted;
  for (const Entry& entry : archive->entries())
    if (entry.sorts) sorted.insert(entry.name);
  EXPECT_THAT(sorted, ElementsAre("btree", "t_b_key", "t_pkey"));
}

// Where rows are equal, the index that takes longest may be the smallest.
TEST_F(SortsTest, EqualKeysCountEach) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE t AS SELECT i AS a, 'x' || i % 5 AS b, now() AS c"
      " FROM generate_series(1, 50000) AS i;"
      "CREATE INDEX numbers ON t (a); CREATE INDEX texts ON t (b, c)");
  ASSERT_EQ(database.Query("SELECT pg_relation_size('texts') < "
                           "pg_relation_size('numbers')"),
            "t");
  ASSERT_OK_AND_ASSIGN(const auto archive, Dump(database));
  std::map<std::string, uint64_t> estimates;
  for (const Entry& entry : archive->entries())
    estimates[entry.name] = entry.bytes_estimate;
  EXPECT_GT(estimates["numbers"], 50000u * 16);
  EXPECT_GT(estimates["texts"], estimates["numbers"]);
}

}  // namespace
}  // namespace pgbale
