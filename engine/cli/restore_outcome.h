// What commands that restore print when they are done, and what they end with.

#ifndef PGBALE_ENGINE_CLI_RESTORE_OUTCOME_H_
#define PGBALE_ENGINE_CLI_RESTORE_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/cli/arguments.h"
#include "restore/dry_run.h"
#include "restore/restore.h"

namespace pgbale {

// Prints what happened and, in the form that is asked for, `text` or `json`.
// kPartial if something was left out.
absl::Status PrintRestoreSummary(const RestoreSummary& summary,
                                 const Arguments& arguments,
                                 const std::string& text,
                                 const std::string& json);

// Prints what would happen; `source` says of what, before the words "PostgreSQL
// 15.4": "archive: of". Returns DryRunReport::Outcome.
absl::Status PrintDryRun(const DryRunReport& report, const Arguments& arguments,
                         absl::string_view source);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_RESTORE_OUTCOME_H_
