// What commands print: errors, warnings, summaries. The archive may go to
// standard output, so that words for people go to standard error; JSON lines
// and what was asked for (list, verify, help) go to standard output.

#ifndef PGBALE_ENGINE_CLI_REPORT_H_
#define PGBALE_ENGINE_CLI_REPORT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/sched/progress.h"
#include "engine/cli/arguments.h"
#include "engine/cli/command.h"
#include "engine/cluster/dump_all.h"
#include "engine/cluster/restore_all.h"
#include "engine/copy/copy.h"
#include "engine/dump/dump.h"
#include "restore/restore.h"

namespace pgbale {

// "pgbale: error: …" and "HINT: …", or a JSON line. kPartial is a warning.
std::string ErrorText(const absl::Status& status);
std::string ErrorJson(const absl::Status& status);

// "pgbale dump: …" and where the help is. `command` may be null.
std::string UsageErrorText(const Command* command, const absl::Status& status);

void PrintOut(absl::string_view text);
void PrintErr(absl::string_view text);

// Prints a warning, also as a JSON line if `json`.
void PrintWarning(absl::string_view message, bool json);

std::string DumpSummaryText(const DumpSummary& summary);
std::string DumpSummaryJson(const DumpSummary& summary);

std::string DumpAllSummaryText(const DumpAllSummary& summary);
std::string DumpAllSummaryJson(const DumpAllSummary& summary);

std::string RestoreErrorText(const RestoreError& error);
std::string RestoreSummaryText(const RestoreSummary& summary);
// What --verbose adds.
std::string RestoreDetailsText(const RestoreSummary& summary);
std::string RestoreSummaryJson(const RestoreSummary& summary);

std::string CopySummaryText(const CopySummary& summary);
std::string CopySummaryJson(const CopySummary& summary);

std::string RestoreAllSummaryText(const RestoreAllSummary& summary);
std::string RestoreAllSummaryJson(const RestoreAllSummary& summary);

// Shows `progress` while it lives, as the options say: a line for people, a
// JSON line every second, or nothing.
class StatusDisplay {
 public:
  // `progress` must remain live while the display lives.
  StatusDisplay(const Progress& progress, absl::string_view verb,
                const Arguments& arguments);
  ~StatusDisplay();
  StatusDisplay(const StatusDisplay&) = delete;
  StatusDisplay& operator=(const StatusDisplay&) = delete;

 private:
  class JsonLines;

  std::unique_ptr<ProgressDisplay> people_;
  std::unique_ptr<JsonLines> programs_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_REPORT_H_
