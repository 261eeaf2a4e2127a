// Tables that several connections load.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/io/memory.h"
#include "format/archive_reader.h"
#include "gmock/gmock.h"
#include "restore/load_spans.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

// Above kCutTableOctets of restore/load_spans.h. Rows are as large as they may
// be without TOAST.
constexpr int kRows = 12000;
constexpr char kTransactions[] = "SELECT count(DISTINCT xmin::text) FROM large";

class LargeTableTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    source_ = std::make_unique<TestDatabase>();
    target_ = std::make_unique<TestDatabase>();
    source_->Execute(
        absl::StrCat("CREATE TABLE large (a integer PRIMARY KEY, b text);"
                     "ALTER TABLE large ALTER b SET STORAGE PLAIN;"
                     "CREATE INDEX large_index ON large (a);"
                     "CREATE TABLE small (a integer REFERENCES large);"
                     "INSERT INTO large SELECT i, repeat(md5(i::text), 200)"
                     " FROM generate_series(1, ",
                     kRows, ") AS i; INSERT INTO small SELECT a FROM large"));
  }
  std::string Bale() const { return dir_.File("a.bale"); }

  const TempDir dir_;
  std::unique_ptr<TestDatabase> source_, target_;
};

TEST_F(LargeTableTest, ComesBackByManyTransactions) {
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(*target_, Bale(), {"-j", "3"}));
  EXPECT_TRUE(EqualDatabases(source_->name(), target_->name()));
  EXPECT_GT(std::stoi(target_->Query(kTransactions)), 2);
}

TEST_F(LargeTableTest, IsCountedOnce) {
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  const CommandResult restored = RunPgbale(
      *target_,
      {"restore", "--json", "-j", "3", "-d", target_->name(), Bale()});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("\"tables\":2"));
  EXPECT_THAT(restored.out, HasSubstr(absl::StrCat("\"rows\":", 2 * kRows)));
}

// Rows of a table that an error hits are all left out, or none.
TEST_F(LargeTableTest, IsOneTransactionWhereErrorsAreLeftOut) {
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(
      RestoreInto(*target_, Bale(), {"-j", "3", "--on-error=continue"}));
  EXPECT_EQ(target_->Query(kTransactions), "1");
}

// Rows of one span may refer to those of another.
TEST_F(LargeTableTest, IsOneTransactionWhereItsKeysStand) {
  source_->Execute("ALTER TABLE large ADD FOREIGN KEY (a) REFERENCES large");
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(*target_, Bale(), {"--schema-only"}));
  ASSERT_TRUE(
      RestoreInto(*target_, Bale(), {"-j", "3", "--data-only", "-t", "large"}));
  EXPECT_EQ(target_->Query(kTransactions), "1");
}

// Rows of `large` that a damaged chunk holds, counted from 0 in their order.
struct Gap {
  int first = 0, end = 0;
};

class DamagedLargeTableTest : public LargeTableTest {
 protected:
  // Damages a chunk in the middle of the table.
  void DumpAndDamage() {
    ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
    std::string octets = dir_.Read("a.bale");
    ASSERT_OK_AND_ASSIGN(const auto reader,
                         ArchiveReader::Open(MakeMemorySource(Buffer(
                             AsBytes(octets).begin(), AsBytes(octets).end()))));
    const ChunksByEntry chunks = ChunksInOrder(reader->directory());
    for (const auto& [entry_id, ordered] : chunks) {
      if (reader->entries()[entry_id - 1].name != "large") continue;
      const size_t damaged = ordered.size() / 2;
      for (size_t i = 0; i < damaged; ++i)
        gap_.first += static_cast<int>(ordered[i].rows);
      gap_.end = gap_.first + static_cast<int>(ordered[damaged].rows);
      octets[ordered[damaged].position + 5000] ^= 1;
    }
    dir_.Write("a.bale", octets);
  }
  // Rows in the target that the damaged chunk holds.
  std::string RowsInGap() const {
    return target_->Query(absl::StrCat("SELECT count(*) FROM large WHERE a > ",
                                       gap_.first, " AND a <= ", gap_.end));
  }
  CommandResult Restore(const Words& options) const {
    Words words = {"restore", "-d", target_->name(), Bale()};
    words.insert(words.end(), options.begin(), options.end());
    return RunPgbale(*target_, words);
  }

  Gap gap_;
};

TEST_F(DamagedLargeTableTest, NothingOfADamagedChunkIsSent) {
  DumpAndDamage();
  EXPECT_EQ(Restore({"-j", "2"}).exit_code, 20);
  EXPECT_EQ(RowsInGap(), "0");
}

TEST_F(DamagedLargeTableTest, AllElseIsRestoredIfDamageIsSkipped) {
  DumpAndDamage();
  // The foreign key of the other table would not find all rows.
  const CommandResult restored =
      Restore({"-j", "2", "--skip-corrupt", "-t", "large"});
  EXPECT_EQ(restored.exit_code, 3) << restored.err;
  EXPECT_THAT(restored.err,
              HasSubstr(absl::StrCat("table data \"public.large\": rows ",
                                     gap_.first + 1, " to ", gap_.end,
                                     " are left out")));
  EXPECT_EQ(RowsInGap(), "0");
  EXPECT_EQ(target_->Query("SELECT count(*) FROM large"),
            absl::StrCat(kRows - (gap_.end - gap_.first)));
  EXPECT_EQ(target_->Query("SELECT count(*) FROM pg_index WHERE indrelid = "
                           "'large'::regclass AND indisvalid"),
            "2");
}

TEST_F(DamagedLargeTableTest, InOneTransactionToo) {
  DumpAndDamage();
  const CommandResult restored =
      Restore({"-1", "--skip-corrupt", "-t", "large"});
  EXPECT_EQ(restored.exit_code, 3) << restored.err;
  EXPECT_EQ(target_->Query("SELECT count(*) FROM large"),
            absl::StrCat(kRows - (gap_.end - gap_.first)));
}

// The server knows of all pages with rows that everyone sees all of them; since
// 16 it adds pages ahead, of which some may stay empty.
TEST_F(LargeTableTest, IsFrozenByTheTransactionThatMakesIt) {
  target_->Execute("CREATE SCHEMA x; CREATE EXTENSION pg_visibility SCHEMA x");
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(*target_, Bale(), {"-1", "--allow-non-empty"}));
  EXPECT_EQ(target_->Query("SELECT all_frozen = (SELECT count(DISTINCT "
                           "(ctid::text::point)[0]) FROM large) FROM "
                           "x.pg_visibility_map_summary('large')"),
            "t");
  EXPECT_EQ(target_->Query("SELECT count(*) FROM large"), absl::StrCat(kRows));
}

// It stood before: others may not see its rows yet.
// An object that stands already is gone back from, to the level before.
TEST_F(LargeTableTest, IsFrozenBehindWhatStoodThere) {
  source_->Execute(
      "CREATE TABLE m (a integer); CREATE TABLE z () INHERITS (m)");
  target_->Execute("CREATE TABLE m (a integer)");
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(
      *target_, Bale(), {"-1", "--allow-non-empty", "-t", "large", "-t", "z"}));
  EXPECT_EQ(target_->Query("SELECT count(*) FROM large"), absl::StrCat(kRows));
}

TEST_F(LargeTableTest, IsNotFrozenIfItStoodBefore) {
  target_->Execute("CREATE SCHEMA x; CREATE EXTENSION pg_visibility SCHEMA x");
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(*target_, Bale(), {"-s", "--allow-non-empty"}));
  ASSERT_TRUE(RestoreInto(*target_, Bale(), {"-1", "-a", "-t", "large"}));
  EXPECT_EQ(target_->Query(
                "SELECT all_frozen FROM x.pg_visibility_map_summary('large')"),
            "0");
}

TEST_F(LargeTableTest, LittleMemoryIsEnough) {
  ASSERT_TRUE(DumpAndVerify(*source_, Bale(), {"-j", "2"}));
  ASSERT_TRUE(RestoreInto(*target_, Bale(), {"-j", "3", "--memory=4MB"}));
  EXPECT_TRUE(EqualDatabases(source_->name(), target_->name()));
}

}  // namespace
}  // namespace pgbale
