// How much WAL a restore makes a server write.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

constexpr char kDigest[] =
    "SELECT count(*), sum(hashtextextended(a::text || b, 0)) FROM large";

class WalTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    server_ = std::make_unique<PrivateServer>(
        std::vector<std::string>{"wal_level=minimal", "max_wal_senders=0",
                                 "autovacuum=off", "synchronous_commit=on"});
    server_->Execute("CREATE DATABASE source");
    server_->Execute(
        "CREATE TABLE large (a integer, b text);"
        "INSERT INTO large SELECT i, repeat(md5(i::text), 6)"
        " FROM generate_series(1, 100000) i;"
        "CREATE UNLOGGED TABLE scratch AS SELECT * FROM large LIMIT 30000;"
        "CREATE TABLE small AS SELECT 1 AS a",
        "source");
    const CommandResult dumped =
        server_->RunPgbale({"dump", "-f", bale()}, "source");
    ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
  }

  std::string bale() const { return dir_.File("a.bale"); }

  // Octets of WAL of a restore into the database `name`, which it makes.
  int64_t Restore(const std::string& name,
                  const std::vector<std::string>& options) {
    server_->Execute(absl::StrCat("CREATE DATABASE ", name));
    const std::string before = server_->Query("SELECT pg_current_wal_lsn()");
    std::vector<std::string> words = {"restore", "-d", name, bale()};
    words.insert(words.end(), options.begin(), options.end());
    const CommandResult restored = server_->RunPgbale(words, name);
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
    int64_t octets = -1;
    EXPECT_TRUE(
        absl::SimpleAtoi(server_->Query(absl::StrCat(
                             "SELECT pg_current_wal_lsn() - '", before, "'")),
                         &octets));
    return octets;
  }

  const TempDir dir_;
  std::unique_ptr<PrivateServer> server_;
};

// The rows take 23 MB. What no WAL tells is on the disk when they are
// committed.
TEST_F(WalTest, RowsOfNewTablesNeedNoneWhereTheLevelIsMinimal) {
  EXPECT_LT(Restore("one", {}), 4 << 20);
  EXPECT_LT(Restore("several", {"-j", "2", "--no-journal"}), 4 << 20);
  EXPECT_LT(Restore("single", {"-1"}), 4 << 20);
  const std::string digest = server_->Query(kDigest, "source");
  server_->Crash();
  for (const char* name : {"one", "several", "single"}) {
    EXPECT_EQ(server_->Query(kDigest, name), digest) << name;
    EXPECT_EQ(server_->Query("SELECT a FROM small", name), "1") << name;
  }
}

// Each of them loads a part: none may empty the table for itself.
TEST_F(WalTest, ATableThatSeveralLoadKeepsAllRows) {
  // Above kCutTableOctets of restore/load_spans.h.
  server_->Execute("INSERT INTO large SELECT -a, b || b || b FROM large",
                   "source");
  const CommandResult dumped =
      server_->RunPgbale({"dump", "--overwrite", "-f", bale()}, "source");
  ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
  Restore("noted", {"-j", "3"});
  Restore("several", {"-j", "3", "--no-journal"});
  const std::string digest = server_->Query(kDigest, "source");
  for (const char* name : {"noted", "several"}) {
    EXPECT_EQ(server_->Query(kDigest, name), digest) << name;
    EXPECT_GT(std::stoi(server_->Query(
                  "SELECT count(DISTINCT xmin::text) FROM large", name)),
              1)
        << name;
  }
}

// Which cannot be emptied beside others, nor frozen.
TEST_F(WalTest, RowsMayGoThroughPartitionedTables) {
  server_->Execute(
      "CREATE TABLE parted (a integer, b text) PARTITION BY RANGE (a);"
      "CREATE TABLE low PARTITION OF parted FOR VALUES FROM (0) TO (50000);"
      "CREATE TABLE high PARTITION OF parted DEFAULT;"
      "INSERT INTO parted SELECT * FROM large; DROP TABLE large;"
      "ALTER TABLE parted RENAME TO large",
      "source");
  const CommandResult dumped =
      server_->RunPgbale({"dump", "--overwrite", "-f", bale()}, "source");
  ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
  Restore("one", {"--load-via-partition-root"});
  Restore("single", {"--load-via-partition-root", "-1"});
  const std::string digest = server_->Query(kDigest, "source");
  for (const char* name : {"one", "single"})
    EXPECT_EQ(server_->Query(kDigest, name), digest) << name;
}

// What stood there stays.
TEST_F(WalTest, TablesThatStandAreNotEmptied) {
  Restore("one", {"-s"});
  server_->Execute("INSERT INTO large VALUES (0, 'mine')", "one");
  const CommandResult restored =
      server_->RunPgbale({"restore", "-a", "-d", "one", bale()}, "one");
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(server_->Query("SELECT count(*) FROM large", "one"), "100001");
}

}  // namespace
}  // namespace pgbale
