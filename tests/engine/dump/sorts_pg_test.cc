// Which indexes a server makes by sorting: a restore lets it have no more
// memory for them than a sort needs.

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/io/file.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;

class SortsTest : public ServerTest {};

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
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(database, dir.File("a.bale")));
  ASSERT_OK_AND_ASSIGN(auto file, OpenFileSource(dir.File("a.bale")));
  ASSERT_OK_AND_ASSIGN(const auto archive,
                       ArchiveReader::Open(std::move(file)));
  std::set<std::string> sorted;
  for (const Entry& entry : archive->entries())
    if (entry.sorts) sorted.insert(entry.name);
  EXPECT_THAT(sorted, ElementsAre("btree", "t_b_key", "t_pkey"));
}

}  // namespace
}  // namespace pgbale
