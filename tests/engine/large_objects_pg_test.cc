// Large objects so many that they share entries.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

constexpr int kMany = 10600;  // more than are entries of their own

class LargeObjectsTest : public ServerTest {
 protected:
  // Of two owners; a few with privileges and comments.
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped()) return;
    source_ = std::make_unique<TestDatabase>();
    role_ = absl::StrCat(source_->name(), "_owner");
    source_->Execute(absl::StrCat(
        "CREATE ROLE ", role_,
        "; SELECT count(lo_from_bytea(i, 'x')) FROM generate_series(1, ",
        kMany / 2, ") i; SET ROLE ", role_,
        "; SELECT count(lo_create(i)) FROM generate_series(", kMany / 2 + 1,
        ", ", kMany, ") i; RESET ROLE; GRANT SELECT ON LARGE OBJECT 7 TO ",
        role_, "; COMMENT ON LARGE OBJECT 8 IS 'eight'"));
  }

  void TearDown() override {
    if (source_ == nullptr) return;
    source_->Execute(absl::StrCat("DROP OWNED BY ", role_));
    copy_.reset();
    source_.reset();
    TestDatabase("").Execute(absl::StrCat("DROP ROLE ", role_));
  }

  void DumpAndRestore(const Words& options) {
    const TempDir dir;
    ASSERT_TRUE(DumpAndVerify(*source_, dir.File("lo.bale"), {"-j", "2"}));
    copy_ = std::make_unique<TestDatabase>();
    ASSERT_TRUE(RestoreInto(*copy_, dir.File("lo.bale"), options));
  }
  std::string OwnersOfCopy() const {
    return copy_->Query(
        "SELECT count(*), count(DISTINCT lomowner), count(lomacl) "
        "FROM pg_largeobject_metadata");
  }

  std::string role_;
  std::unique_ptr<TestDatabase> source_, copy_;
};

TEST_F(LargeObjectsTest, OwnersPrivilegesAndCommentsOfManySurvive) {
  DumpAndRestore({"-j", "2"});
  EXPECT_TRUE(EqualDatabases(source_->name(), copy_->name()));
}

TEST_F(LargeObjectsTest, WithoutOwnersAllBelongToWhoRestores) {
  DumpAndRestore({"--no-owner", "--no-privileges"});
  EXPECT_EQ(OwnersOfCopy(), absl::StrCat(kMany, "|1|0"));
}

}  // namespace
}  // namespace pgbale
