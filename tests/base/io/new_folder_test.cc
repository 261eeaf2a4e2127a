#include "base/io/new_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NewFolderTest : public ::testing::Test {
 protected:
  void Fill(const NewFolder& folder) {
    std::ofstream(absl::StrCat(folder.path(), "/file")) << "text";
  }

  TempDir dir_;
};

TEST_F(NewFolderTest, AppearsUnderItsNameWhenItIsWhole) {
  ASSERT_OK_AND_ASSIGN(auto folder, NewFolder::Open(dir_.File("all/"), {}));
  Fill(*folder);
  EXPECT_THAT(dir_.List(), ElementsAre("all.partial"));
  ASSERT_OK(folder->Finish());
  folder.reset();
  EXPECT_THAT(dir_.List(), ElementsAre("all"));
  EXPECT_EQ(dir_.Read("all/file"), "text");
}

TEST_F(NewFolderTest, IsForItsOwnerOnly) {
  ASSERT_OK_AND_ASSIGN(const auto folder,
                       NewFolder::Open(dir_.File("all"), {}));
  struct stat info {};
  ASSERT_EQ(stat(folder->path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(NewFolderTest, LeavesNothingWhenItIsNotFinished) {
  {
    ASSERT_OK_AND_ASSIGN(const auto folder,
                         NewFolder::Open(dir_.File("all"), {}));
    Fill(*folder);
  }
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(NewFolderTest, StaysPartialIfAskedTo) {
  {
    ASSERT_OK_AND_ASSIGN(
        const auto folder,
        NewFolder::Open(dir_.File("all"), {.keep_partial = true}));
    Fill(*folder);
  }
  EXPECT_THAT(dir_.List(), ElementsAre("all.partial"));
}

TEST_F(NewFolderTest, ReplacesNothing) {
  dir_.Write("file", "");
  std::filesystem::create_directory(dir_.File("empty"));
  for (const char* name : {"file", "empty", "empty/"})
    EXPECT_EQ(FailureOf(NewFolder::Open(dir_.File(name), {}).status()),
              Failure::kLocalStorage)
        << name;
}

TEST_F(NewFolderTest, WhatIsMadeMeanwhileIsNotReplacedEither) {
  ASSERT_OK_AND_ASSIGN(const auto folder,
                       NewFolder::Open(dir_.File("all"), {}));
  std::filesystem::create_directory(dir_.File("all"));
  EXPECT_EQ(FailureOf(folder->Finish()), Failure::kLocalStorage);
}

TEST_F(NewFolderTest, TwoRunsDoNotFillOneFolder) {
  ASSERT_OK_AND_ASSIGN(const auto folder,
                       NewFolder::Open(dir_.File("all"), {}));
  EXPECT_EQ(FailureOf(NewFolder::Open(dir_.File("all"), {}).status()),
            Failure::kLocked);
}

TEST_F(NewFolderTest, WhatAKilledRunLeftIsNamed) {
  std::filesystem::create_directory(dir_.File("all.partial"));
  const absl::Status status = NewFolder::Open(dir_.File("all"), {}).status();
  EXPECT_THAT(status, StatusMessageHas("left over from an interrupted run"));
}

}  // namespace
}  // namespace pgbale
