// Tables that several connections load.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
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

}  // namespace
}  // namespace pgbale
