#include "base/process.h"

#include <csignal>
#include <thread>

#include "base/clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<ProcessOutcome> Sh(const std::string& script) {
  CancelToken cancel;
  return RunProcess({.words = {"sh", "-c", script}}, cancel);
}

TEST(Process, OutcomeHasExitCodeAndBothOutputs) {
  const auto outcome = Sh("echo out; echo err >&2; exit 7");
  ASSERT_OK(outcome.status());
  EXPECT_EQ(outcome->exit_code, 7);
  EXPECT_EQ(outcome->out, "out\n");
  EXPECT_EQ(outcome->err, "err\n");
}

TEST(Process, ASignalThatEndsItIsItsExitCode) {
  EXPECT_EQ(Sh("kill -KILL $$")->exit_code, 128 + SIGKILL);
}

TEST(Process, ItsProcessorTimeAndThatOfItsChildrenCount) {
  const auto outcome =
      Sh("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done & wait; :");
  ASSERT_OK(outcome.status());
  EXPECT_GT(outcome->cpu_seconds, 0.01);
  EXPECT_GE(outcome->seconds, 0.01);
  EXPECT_GT(outcome->peak_bytes, 100u << 10);
}

TEST(Process, SleepTakesTimeAndNoProcessor) {
  const auto outcome = Sh("sleep 0.1");
  ASSERT_OK(outcome.status());
  EXPECT_GE(outcome->seconds, 0.1);
  EXPECT_LT(outcome->cpu_seconds, 0.1);
}

TEST(Process, VariablesAreSetReplacedAndTakenOut) {
  setenv("PGBALE_A", "old", 1);
  setenv("PGBALE_B", "old", 1);
  CancelToken cancel;
  const auto outcome = RunProcess(
      {.words = {"sh", "-c", "echo \"$PGBALE_A ${PGBALE_B-none} $PGBALE_C\""},
       .set = {{"PGBALE_A", "new"}, {"PGBALE_C", "also"}},
       .unset = {"PGBALE_B"}},
      cancel);
  ASSERT_OK(outcome.status());
  EXPECT_EQ(outcome->out, "new none also\n");
}

TEST(Process, ItHasNoInputAndTheSignalsOfANewProgram) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  const auto outcome = Sh("cat; kill -TERM $$; echo still here");
  pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
  ASSERT_OK(outcome.status());
  EXPECT_EQ(outcome->exit_code, 128 + SIGTERM);
  EXPECT_EQ(outcome->out, "");
}

TEST(Process, MuchOutputIsReadAndItsEndKept) {
  const auto outcome = Sh("yes | head -c 9000000; echo end");
  ASSERT_OK(outcome.status());
  EXPECT_LT(outcome->out.size(), 3u << 20);
  EXPECT_EQ(outcome->out.substr(outcome->out.size() - 4), "end\n");
}

TEST(Process, ACancellationEndsItsWholeGroup) {
  CancelToken cancel;
  std::thread canceller([&cancel] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel.Cancel(MakeError(Failure::kInterrupted, "stopped by SIGINT"));
  });
  const Stopwatch clock;
  const auto outcome =
      RunProcess({.words = {"sh", "-c", "sleep 60 & sleep 60"}}, cancel);
  canceller.join();
  EXPECT_THAT(outcome, FailsWith(Failure::kInterrupted));
  EXPECT_LT(clock.seconds(), 10);
}

TEST(Process, AProgramThatIsNotThereIsNamed) {
  CancelToken cancel;
  EXPECT_THAT(RunProcess({.words = {"/nonexistent/pg_dump"}}, cancel),
              StatusMessageHas("cannot run \"/nonexistent/pg_dump\": No such"));
}

TEST(Process, ACommandIsShownAsAShellTakesIt) {
  EXPECT_EQ(CommandText({"pg_dump", "-t", "a b", "", "it's", "--x=/y"}),
            "pg_dump -t 'a b' '' 'it'\\''s' --x=/y");
}

TEST(Process, ProgramsAreFoundByPathIfTheyCanRun) {
  const TempDir dir;
  dir.Write("tool", "");
  const std::string before = getenv("PATH");
  setenv("PATH", dir.path().c_str(), 1);
  EXPECT_EQ(FindProgram("tool"), std::nullopt);
  std::filesystem::permissions(dir.File("tool"),
                               std::filesystem::perms::owner_all);
  const std::optional<std::string> found = FindProgram("tool");
  setenv("PATH", before.c_str(), 1);
  EXPECT_EQ(found, dir.File("tool"));
}

}  // namespace
}  // namespace pgbale
