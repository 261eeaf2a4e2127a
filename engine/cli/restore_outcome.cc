#include "engine/cli/restore_outcome.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/cli/dry_run_report.h"
#include "engine/cli/report.h"

namespace pgbale {

absl::Status PrintRestoreSummary(const RestoreSummary& summary,
                                 const Arguments& arguments,
                                 const std::string& text,
                                 const std::string& json) {
  for (const RestoreError& error : summary.errors)
    PrintErr(RestoreErrorText(error));
  for (const std::string& warning : summary.warnings)
    PrintWarning(warning, arguments.json);
  for (const std::string& left : summary.left_out)
    PrintWarning(left, arguments.json);
  for (const std::string& change : summary.changes)
    if (!arguments.quiet) PrintErr(absl::StrCat("changed ", change, "\n"));
  if (arguments.json) {
    PrintOut(json + "\n");
  } else if (!arguments.quiet) {
    PrintErr(text);
    if (arguments.verbose) PrintErr(RestoreDetailsText(summary));
  }
  if (!summary.errors.empty())
    return MakeError(Failure::kPartial,
                     absl::StrCat("errors, each of which left out something: ",
                                  summary.errors.size()));
  if (!summary.left_out.empty())
    return MakeError(Failure::kPartial,
                     absl::StrCat("what was left out or left as it was: ",
                                  summary.left_out.size()));
  return absl::OkStatus();
}

absl::Status PrintDryRun(const DryRunReport& report, const Arguments& arguments,
                         absl::string_view source) {
  const absl::Status outcome = report.Outcome();
  if (arguments.json) {
    PrintOut(DryRunJson(report, ExitCodeOf(outcome)) + "\n");
  } else {
    PrintOut(DryRunText(report, arguments.verbose, source));
  }
  for (const auto* list : {&report.findings.lacks, &report.left_out})
    for (const std::string& left : *list) PrintWarning(left, arguments.json);
  for (const std::string& warning : report.warnings)
    PrintWarning(warning, arguments.json);
  return outcome;
}

}  // namespace pgbale
