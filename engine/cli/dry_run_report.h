// What `restore --dry-run` prints.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_CLI_DRY_RUN_REPORT_H_
#define PGBALE_ENGINE_CLI_DRY_RUN_REPORT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "restore/dry_run.h"

namespace pgbale {

// Lines for people, without problems and warnings. `all`: every table, else
// the ten largest. `source` is what stands before the source's version:
// "archive: of".
std::string DryRunText(const DryRunReport& report, bool all,
                       absl::string_view source);

// One object on one line, with everything.
std::string DryRunJson(const DryRunReport& report, int exit_code);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_DRY_RUN_REPORT_H_
