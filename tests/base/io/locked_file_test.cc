#include "base/io/locked_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// For this process, as long as it lives: files cannot be longer than `octets`.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full = {octets, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*const handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_{};
};

class LockedFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<LockedFile>> Create(absl::string_view text) {
    return LockedFile::Create(dir_.File("f"), text);
  }
  absl::StatusOr<std::unique_ptr<LockedFile>> Open() {
    return LockedFile::Open(dir_.File("f"));
  }

  const TempDir dir_;
};

TEST_F(LockedFileTest, HoldsWhatItWasMadeWithAndWhatWasAppended) {
  {
    ASSERT_OK_AND_ASSIGN(const auto file, Create("one\n"));
    ASSERT_OK(file->Append("two\n"));
    ASSERT_OK(file->Append("three\n"));
  }
  EXPECT_THAT(dir_.List(), ElementsAre("f"));
  ASSERT_OK_AND_ASSIGN(const auto file, Open());
  EXPECT_EQ(file->text(), "one\ntwo\nthree\n");
  ASSERT_OK(file->Append("four\n"));
  EXPECT_EQ(dir_.Read("f"), "one\ntwo\nthree\nfour\n");
}

TEST_F(LockedFileTest, IsForOneAtATime) {
  ASSERT_OK_AND_ASSIGN(auto file, Create("one"));
  EXPECT_THAT(Open(), FailsWith(Failure::kLocked));
  EXPECT_THAT(Create("two"), FailsWith(Failure::kLocked));
  EXPECT_EQ(dir_.Read("f"), "one");
  file.reset();
  EXPECT_OK(Open());
}

TEST_F(LockedFileTest, IsReplacedWhereNobodyHoldsIt) {
  ASSERT_OK(Create("one"));
  ASSERT_OK(Create("two"));
  EXPECT_EQ(dir_.Read("f"), "two");
  EXPECT_THAT(dir_.List(), ElementsAre("f"));
}

TEST_F(LockedFileTest, WhatAKilledProcessLeftIsReplaced) {
  dir_.Write("f.new", "half");
  ASSERT_OK(Create("one"));
  EXPECT_EQ(dir_.Read("f"), "one");
  EXPECT_THAT(dir_.List(), ElementsAre("f"));
}

TEST_F(LockedFileTest, IsMadeByOneAtATime) {
  ASSERT_OK_AND_ASSIGN(const auto other,
                       LockedFile::Create(dir_.File("f.new"), "half"));
  EXPECT_THAT(Create("one"), FailsWith(Failure::kLocked));
  EXPECT_THAT(dir_.List(), ElementsAre("f.new"));
  EXPECT_EQ(dir_.Read("f.new"), "half");
}

TEST_F(LockedFileTest, IsForItsOwnerAlone) {
  const mode_t before = umask(0);
  ASSERT_OK(Create("one"));
  umask(before);
  struct stat info {};
  ASSERT_EQ(stat(dir_.File("f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(LockedFileTest, GrowsWhenItWasReplaced) {
  ASSERT_OK(Create("one\n"));
  ASSERT_OK_AND_ASSIGN(const auto file, Create("another\n"));
  EXPECT_EQ(file->text(), "another\n");
  ASSERT_OK(file->Append("two\n"));
  EXPECT_EQ(dir_.Read("f"), "another\ntwo\n");
}

TEST_F(LockedFileTest, IsGoneWhenItIsRemoved) {
  ASSERT_OK_AND_ASSIGN(const auto file, Create("one"));
  ASSERT_OK(file->Remove());
  EXPECT_THAT(dir_.List(), IsEmpty());
  EXPECT_THAT(Open(), FailsWith(Failure::kNotFound));
}

TEST_F(LockedFileTest, OtherThingsOfItsNameStay) {
  dir_.Write("other", "kept");
  ASSERT_EQ(symlink(dir_.File("other").c_str(), dir_.File("f").c_str()), 0);
  EXPECT_THAT(Open(), FailsWith(Failure::kLocalStorage));
  EXPECT_THAT(Create("one"), FailsWith(Failure::kLocalStorage));
  EXPECT_EQ(dir_.Read("other"), "kept");
  EXPECT_THAT(dir_.List(), ElementsAre("f", "other"));
}

TEST_F(LockedFileTest, PipeIsNoFileAndIsNotWaitedFor) {
  ASSERT_EQ(mkfifo(dir_.File("f").c_str(), 0600), 0);
  EXPECT_THAT(Open(), StatusMessageHas("is no regular file"));
}

TEST_F(LockedFileTest, FolderThatIsNotThereIsNamed) {
  EXPECT_THAT(LockedFile::Create(dir_.File("no/f"), "one"),
              FailsWith(Failure::kLocalStorage));
  EXPECT_FALSE(LockedFile::MayCreate(dir_.File("no/f")));
  EXPECT_TRUE(LockedFile::MayCreate(dir_.File("f")));
}

TEST_F(LockedFileTest, FullDiskLeavesTheOldOne) {
  ASSERT_OK(Create("one"));
  {
    const FullDisk full(2);
    EXPECT_THAT(Create("another"), FailsWith(Failure::kLocalStorage));
  }
  EXPECT_EQ(dir_.Read("f"), "one");
  EXPECT_THAT(dir_.List(), ElementsAre("f"));
}

TEST_F(LockedFileTest, LineThatTheDiskCutOffIsReplaced) {
  ASSERT_OK_AND_ASSIGN(const auto file, Create("one\n"));
  {
    const FullDisk full(6);
    EXPECT_THAT(file->Append("two\n"), FailsWith(Failure::kLocalStorage));
  }
  EXPECT_EQ(dir_.Read("f"), "one\ntw");
  ASSERT_OK(file->Append("three\n"));
  EXPECT_EQ(dir_.Read("f"), "one\nthree\n");
}

TEST_F(LockedFileTest, LineThatACrashCutOffIsReplaced) {
  dir_.Write("f", "one\ntw");
  ASSERT_OK_AND_ASSIGN(const auto file, Open());
  EXPECT_EQ(file->text(), "one\ntw");
  ASSERT_OK(file->Append("three\n"));
  EXPECT_EQ(dir_.Read("f"), "one\nthree\n");
}

TEST_F(LockedFileTest, NothingOfALongerLineStaysBehindAShorterOne) {
  dir_.Write("f", "one\ntwo, which was cut o");
  ASSERT_OK_AND_ASSIGN(const auto file, Open());
  ASSERT_OK(file->Append("3\n"));
  EXPECT_EQ(dir_.Read("f"), "one\n3\n");
}

TEST_F(LockedFileTest, WhatIsTooLargeIsNotRead) {
  dir_.Write("f", std::string(LockedFile::kOctetsMax, 'x'));
  EXPECT_OK(Open());
  dir_.Write("f", std::string(LockedFile::kOctetsMax + 1, 'x'));
  EXPECT_THAT(Open(), FailsWith(Failure::kDamaged));
  // And may be replaced.
  ASSERT_OK(Create("one"));
  EXPECT_EQ(dir_.Read("f"), "one");
}

}  // namespace
}  // namespace pgbale
