// --from-stream: archives that are read once, while they are written.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FromStreamTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    source_ = std::make_unique<TestDatabase>();
    target_ = std::make_unique<TestDatabase>();
    source_->Execute(
        "CREATE TABLE t (a integer PRIMARY KEY, b text);"
        "INSERT INTO t SELECT i, repeat(md5(i::text), 5)"
        " FROM generate_series(1, 60000) i");
  }

  Words RestoreOf(const std::string& archive) const {
    return {"restore", "--quiet",       "--from-stream",
            "-d",      target_->name(), archive};
  }
  std::unique_ptr<BackgroundProcess> Begin(const std::string& archive) const {
    Words words = RestoreOf(archive);
    words.insert(words.begin(), kProgram);
    return std::make_unique<BackgroundProcess>(words, target_->environment());
  }

  const TempDir dir_;
  std::unique_ptr<TestDatabase> source_, target_;
};

TEST_F(FromStreamTest, WaitsForTheDumpThatWritesIntoAPipe) {
  const std::string pipe = dir_.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto restore = Begin(pipe);
  EXPECT_EQ(restore->Wait(0.3), -1);
  const CommandResult dumped =
      RunPgbale(*source_, {"dump", "--quiet", "-f", pipe});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  EXPECT_EQ(restore->Wait(), 0);
  EXPECT_TRUE(EqualDatabases(source_->name(), target_->name()));
}

// As from a tape.
TEST_F(FromStreamTest, ReadsAFileFromItsBeginning) {
  ASSERT_TRUE(DumpAndVerify(*source_, dir_.File("a.bale")));
  const CommandResult restored =
      RunPgbale(*target_, RestoreOf(dir_.File("a.bale")));
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_TRUE(EqualDatabases(source_->name(), target_->name()));
  // Nor is there a journal.
  EXPECT_THAT(dir_.List(), ElementsAre("a.bale"));
}

TEST_F(FromStreamTest, DumpThatFailsLeavesNoRows) {
  const std::string pipe = dir_.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto restore = Begin(pipe);
  ASSERT_TRUE(DumpAndVerify(*source_, dir_.File("a.bale")));
  const CommandResult half = RunCommand(
      {"sh", "-c",
       absl::StrCat("head -c -100 ", dir_.File("a.bale"), " > ", pipe)});
  EXPECT_EQ(half.exit_code, 0) << half.err;
  EXPECT_EQ(restore->Wait(), 21);
  EXPECT_EQ(target_->Query("SELECT count(*) FROM t"), "0");
}

TEST_F(FromStreamTest, CanBeInterruptedWhileItWaits) {
  const std::string pipe = dir_.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto restore = Begin(pipe);
  EXPECT_EQ(restore->Wait(0.5), -1);
  restore->Signal(SIGINT);
  EXPECT_EQ(restore->Wait(10), 130);
}

TEST_F(FromStreamTest, NamesWhatIsNotThereAndWhatCannotBe) {
  const CommandResult missing =
      RunPgbale(*target_, RestoreOf(dir_.File("none")));
  EXPECT_EQ(missing.exit_code, 10);
  EXPECT_THAT(missing.err, HasSubstr("no such file"));
  Words resumed = RestoreOf(dir_.File("none"));
  resumed.push_back("--resume");
  EXPECT_EQ(RunPgbale(*target_, resumed).exit_code, 2);
}

}  // namespace
}  // namespace pgbale
