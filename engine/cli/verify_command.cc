#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/report.h"
#include "engine/inspect/verify.h"

namespace pgbale {
namespace {

int Workers(const Arguments& arguments) {
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  return arguments.jobs.value_or(std::max(1, processors));
}

absl::Status RunVerify(const Arguments& arguments, CancelToken& cancel) {
  const Stopwatch total;
  absl::StatusOr<VerifyReport> report;
  {
    Progress progress;
    const StatusDisplay display(progress, "verifying", arguments);
    report = VerifyFile(arguments.positional.front(), Workers(arguments),
                        cancel, progress);
  }
  RETURN_IF_ERROR(report.status());
  if (arguments.json) {
    PrintOut(VerifyJson(*report, total.seconds()) + "\n");
  } else if (!arguments.quiet) {
    PrintOut(VerifyText(*report, total.seconds()));
  }
  return VerdictOf(*report);
}

}  // namespace

const Command kVerifyCommand = {
    "verify",
    "[OPTION]... ARCHIVE",
    "prove that an archive is whole",
    "ARCHIVE - is standard input.\n"
    "Exit code 0: whole; 20: damaged; 21: incomplete; 10: not there.\n",
    kVerify,
    1,
    1,
    RunVerify};

}  // namespace pgbale
