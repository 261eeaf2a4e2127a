#include <memory>

#include "base/clock.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/report.h"
#include "engine/inspect/compare.h"
#include "engine/inspect/input.h"
#include "engine/inspect/verify.h"

namespace pgbale {
namespace {

int Workers(const Arguments& arguments) {
  return arguments.jobs.value_or(Processors());
}

absl::Status CheckUsage(const Arguments& arguments) {
  if (!arguments.tables.empty() && !arguments.against.has_value())
    return MakeError(Failure::kUsage,
                     "option -t/--table requires option --against");
  if (arguments.load_via_root && !arguments.against.has_value())
    return MakeError(
        Failure::kUsage,
        "option --load-via-partition-root requires option --against");
  if (arguments.against.has_value() &&
      arguments.positional.front() == kStandardInput)
    return MakeError(Failure::kUsage,
                     "option --against needs an archive that is a file");
  return absl::OkStatus();
}

// --against: the archive is whole; is the database what it holds?
absl::Status RunCompare(const Arguments& arguments, CancelToken& cancel) {
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source,
                   OpenArchiveFile(arguments.positional.front()));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> archive,
                   ArchiveReader::Open(std::move(source)));
  CompareOptions options;
  options.target =
      pg::MakeConnectOptions({.dbname = arguments.against.value_or("")});
  options.jobs = Workers(arguments);
  options.tables = arguments.tables;
  options.load_via_root = arguments.load_via_root;
  absl::StatusOr<CompareReport> report;
  {
    Progress progress;
    const StatusDisplay display(progress, "comparing", arguments);
    report = CompareWithDatabase(*archive, options, cancel, progress);
  }
  RETURN_IF_ERROR(report.status());
  if (arguments.json) {
    PrintOut(CompareJson(*report) + "\n");
  } else if (!arguments.quiet) {
    PrintOut(CompareText(*report));
  }
  return VerdictOf(*report);
}

absl::Status RunVerify(const Arguments& arguments, CancelToken& cancel) {
  RETURN_IF_ERROR(CheckUsage(arguments));
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
  RETURN_IF_ERROR(VerdictOf(*report));
  return arguments.against.has_value() ? RunCompare(arguments, cancel)
                                       : absl::OkStatus();
}

}  // namespace

const Command kVerifyCommand = {
    "verify",
    "[OPTION]... ARCHIVE",
    "prove that an archive is whole",
    "ARCHIVE - is standard input.\n"
    "Exit code 0: whole; 20: damaged; 21: incomplete; 10: not there. With\n"
    "--against, 0: whole, and the database holds the same; 1: it does not.\n",
    kVerify,
    1,
    1,
    RunVerify};

}  // namespace pgbale
