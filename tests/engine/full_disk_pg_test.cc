// A server whose disk becomes full under a restore: a file system of some MiB
// below a tablespace.

#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

constexpr char kDigest[] =
    "SELECT count(*), sum(hashtextextended((large.*)::text, 0)) FROM large";

// An empty file system in `folder`, which the server may write to, while it
// lives. A database takes 8 MiB of it.
class SmallDisk {
 public:
  SmallDisk(const PrivateServer& server, const std::string& folder)
      : folder_(folder) {
    server.MakeFolder(folder);
    mounted_ =
        mount("pgbale-test", folder.c_str(), "tmpfs", 0, "size=24m") == 0;
    if (mounted_) server.MakeFolder(folder);
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  void Grow() const {
    EXPECT_EQ(
        mount("pgbale-test", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=256m"),
        0)
        << strerror(errno);
  }

 private:
  const std::string folder_;
  bool mounted_ = false;
};

class FullDiskTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    server_ = std::make_unique<PrivateServer>(Words{"autovacuum=off"});
    disk_ = std::make_unique<SmallDisk>(
        *server_, absl::StrCat(server_->data(), "/../small"));
    if (!disk_->mounted())
      GTEST_SKIP() << "only root mounts file systems: " << strerror(errno);
    server_->Execute("CREATE DATABASE source");
    server_->Execute(absl::StrCat("CREATE TABLESPACE small LOCATION '",
                                  server_->data(), "/../small'"));
    server_->Execute("CREATE DATABASE target TABLESPACE small");
    server_->Execute(
        "CREATE TABLE first (a integer PRIMARY KEY);"
        "INSERT INTO first SELECT generate_series(1, 1000);"
        "CREATE TABLE large (a integer PRIMARY KEY, b text);"
        "INSERT INTO large SELECT i, repeat(md5(i::text), 6)"
        " FROM generate_series(1, 100000) i;"
        "CREATE INDEX large_b ON large (b)",
        "source");
    const CommandResult dumped =
        server_->RunPgbale({"dump", "-f", bale()}, "source");
    ASSERT_EQ(dumped.exit_code, 0) << dumped.err;
  }
  void TearDown() override {
    // Its folder is in one that goes with the server.
    disk_.reset();
    server_.reset();
  }

  std::string bale() const { return dir_.File("a.bale"); }
  CommandResult Restore(const Words& options) const {
    Words words = {"restore", "-j", "2", "-d", "target", bale()};
    words.insert(words.end(), options.begin(), options.end());
    return server_->RunPgbale(words, "target");
  }
  void ExpectWhole() const {
    EXPECT_EQ(server_->Query(kDigest, "target"),
              server_->Query(kDigest, "source"));
    EXPECT_EQ(server_->Query("SELECT count(*) FROM pg_index WHERE indrelid::"
                             "regclass::text IN ('first', 'large') AND "
                             "indisvalid",
                             "target"),
              "3");
  }

  const TempDir dir_;
  std::unique_ptr<PrivateServer> server_;
  std::unique_ptr<SmallDisk> disk_;
};

TEST_F(FullDiskTest, IsSaidAndTheRestoreGoesOnWhenThereIsRoom) {
  const CommandResult failed = Restore({});
  EXPECT_EQ(failed.exit_code, 1) << failed.err;
  EXPECT_THAT(failed.err, AllOf(HasSubstr("table data \"public.large\""),
                                HasSubstr("(53100, resources)"),
                                HasSubstr("No space left on device"),
                                HasSubstr("--resume")));
  EXPECT_EQ(server_->Query("SELECT count(*) FROM first", "target"), "1000");
  EXPECT_THAT(Restore({"--resume"}).err, HasSubstr("53100"));
  disk_->Grow();
  const CommandResult resumed = Restore({"--resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  ExpectWhole();
}

TEST_F(FullDiskTest, NothingStaysOfASingleTransaction) {
  const CommandResult failed =
      server_->RunPgbale({"restore", "-1", "-d", "target", bale()}, "target");
  EXPECT_EQ(failed.exit_code, 1) << failed.err;
  EXPECT_THAT(failed.err, HasSubstr("(53100, resources)"));
  EXPECT_EQ(server_->Query("SELECT to_regclass('first')", "target"), "");
}

}  // namespace
}  // namespace pgbale
