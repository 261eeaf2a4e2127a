// The arguments of options, from text. Errors are usage errors that quote the
// text and say what is expected.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_CLI_VALUES_H_
#define PGBALE_ENGINE_CLI_VALUES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "catalog/options.h"
#include "engine/cli/arguments.h"
#include "engine/dump/data_format.h"
#include "restore/restore.h"

namespace pgbale {

// Connections at a time: 1 … 1000.
absl::StatusOr<int> ParseJobs(absl::string_view text);

// zstd's level, 0 for none: "0" … "19", "none", "zstd", "zstd:N",
// "zstd:level=N".
absl::StatusOr<int> ParseCompression(absl::string_view text);

// Milliseconds, from what statement_timeout takes: "5000", "1.5s", "2 min";
// us, ms, s, min, h, d.
absl::StatusOr<int64_t> ParseTimeoutMs(absl::string_view text);

// Milliseconds, from a number of seconds with or without a fraction that is
// not 0: "30", "0.5".
absl::StatusOr<int64_t> ParseSecondsAsMs(absl::string_view text);

// "TABLE=CONDITION": the table is a pattern, quoted where it holds "=".
absl::StatusOr<RowCondition> ParseRowCondition(absl::string_view text);

// "OLD=NEW", two names as they are, of which the first has no "=".
absl::StatusOr<std::pair<std::string, std::string>> ParseRenaming(
    absl::string_view text);

// "OLD=NEW", two names of tables, with their schemas or without, quoted where
// that is needed.
absl::StatusOr<std::pair<std::string, std::string>> ParseTableRenaming(
    absl::string_view text);

// "create", "append", "truncate" or "upsert".
absl::StatusOr<TableMode> ParseTableMode(absl::string_view text);

// "c" or "custom", the only format there is.
absl::Status CheckFormat(absl::string_view text);

// "auto", "binary" or "text".
absl::StatusOr<DataFormat> ParseDataFormat(absl::string_view text);

// "pre-data", "data" or "post-data".
absl::Status CheckSection(absl::string_view text);

// Runs of a benchmark: 1 … 1000.
absl::StatusOr<int> ParseRuns(absl::string_view text);

// "dump", "restore" or "both".
absl::StatusOr<BenchPhases> ParseBenchPhases(absl::string_view text);

// "stop" or "continue"; true for the latter.
absl::StatusOr<bool> ParseOnError(absl::string_view text);

// "fail" or "not-valid"; true for the latter.
absl::StatusOr<bool> ParseOnViolation(absl::string_view text);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_VALUES_H_
