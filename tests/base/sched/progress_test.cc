#include "base/sched/progress.h"

#include "gtest/gtest.h"

namespace pgbale {
namespace {

TEST(ProgressLine, SaysAllThatIsKnown) {
  Progress progress;
  progress.raw_bytes = 512 << 20;
  progress.raw_bytes_total = 2048ull << 20;
  progress.jobs_done = 3;
  progress.jobs_total = 10;
  EXPECT_EQ(ProgressLine(progress, "dumping", 128.0 * (1 << 20)),
            "dumping: 25 %, 512 MiB of 2 GiB, 128 MiB/s, 3 of 10 jobs, "
            "12 s left");
}

TEST(ProgressLine, SaysNothingOfWhatIsNotKnown) {
  Progress progress;
  progress.raw_bytes = 1 << 20;
  EXPECT_EQ(ProgressLine(progress, "restoring", 0), "restoring: 1 MiB");
}

TEST(ProgressLine, NeverSaysMoreThanAllOfIt) {
  Progress progress;
  progress.raw_bytes = 300;
  progress.raw_bytes_total = 200;
  EXPECT_EQ(ProgressLine(progress, "dumping", 0),
            "dumping: 100 %, 300 B of 200 B");
}

TEST(ProgressDisplay, QuietShowsNothing) {
  const Progress progress;
  ::testing::internal::CaptureStderr();
  { const ProgressDisplay display(progress, "dumping", /*quiet=*/true); }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(ProgressDisplay, EndsAtOnceAndLeavesNoLine) {
  const Progress progress;
  ::testing::internal::CaptureStderr();
  { const ProgressDisplay display(progress, "dumping", /*quiet=*/false); }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace pgbale
