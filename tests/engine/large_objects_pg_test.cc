// Large objects so many that they share entries.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/oracle.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

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

// Each object takes a lock when it gets its owner, and none when it is written.
TEST_F(LargeObjectsTest, FewLocksAreEnough) {
  const TestDatabase source;
  source.Execute(absl::StrCat(
      "SET ROLE ", role_,
      "; SELECT count(lo_from_bytea(i, decode(md5(i::text), 'hex')))"
      " FROM generate_series(1, 4000) i"));
  const TempDir dir;
  const std::string bale = dir.File("lo.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  const PrivateServer server(
      {"max_locks_per_transaction = 10", "max_connections = 20"});
  server.Execute(absl::StrCat("CREATE ROLE ", role_));
  const CommandResult at_once =
      server.RunPgbale({"restore", "-1", "-d", "postgres", bale});
  EXPECT_EQ(at_once.exit_code, 1);
  EXPECT_THAT(at_once.err, HasSubstr("max_locks_per_transaction"));
  const CommandResult restored =
      server.RunPgbale({"restore", "-j", "3", "-d", "postgres", bale});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(server.Query("SELECT count(*) FROM pg_largeobject_metadata m "
                         "WHERE lo_get(oid) = decode(md5(oid::text), 'hex') "
                         "AND lomowner <> 10"),
            "4000");
}

}  // namespace
}  // namespace pgbale
