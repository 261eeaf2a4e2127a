#include "base/sched/processors.h"
#include "base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/report.h"
#include "engine/inspect/salvage.h"

namespace pgbale {
namespace {

absl::Status RunSalvage(const Arguments& arguments, CancelToken& cancel) {
  if (arguments.file.empty())
    return MakeError(Failure::kUsage,
                     "the new archive is not named: use -f/--file");
  const SalvageOptions options{
      .output = arguments.file,
      .file = {.overwrite = arguments.overwrite, .sync = !arguments.no_sync},
      .workers = arguments.jobs.value_or(Processors()),
      .encoding = arguments.encoding};
  absl::StatusOr<SalvageReport> report;
  {
    Progress progress;
    const StatusDisplay display(progress, "salvaging", arguments);
    report =
        SalvageFile(arguments.positional.front(), options, cancel, progress);
  }
  RETURN_IF_ERROR(report.status());
  if (arguments.json) {
    PrintOut(SalvageJson(*report) + "\n");
  } else if (!arguments.quiet) {
    PrintOut(SalvageText(*report));
  }
  return VerdictOf(*report);
}

}  // namespace

const Command kSalvageCommand = {
    "salvage",
    "[OPTION]... ARCHIVE -f NEW",
    "make a new archive of what is whole in a damaged one",
    "Exit code 0: it is whole, nothing was written; 3: NEW holds what is\n"
    "whole, what was lost is listed; 20: nothing can be had of it.\n",
    kSalvage,
    1,
    1,
    RunSalvage};

}  // namespace pgbale
