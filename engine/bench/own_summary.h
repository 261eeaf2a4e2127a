// What `pgbale dump --json` and `pgbale restore --json` print at their end,
// read back.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_BENCH_OWN_SUMMARY_H_
#define PGBALE_ENGINE_BENCH_OWN_SUMMARY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/bench/report.h"

namespace pgbale {

struct OwnSummary {
  uint64_t tables = 0;
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  Phases wall, work;  // as in BenchRun
};

// The object of type "summary" among the lines of `out`. Error: kError if
// there is none, or it has not what is expected.
absl::StatusOr<OwnSummary> ParseDumpSummary(absl::string_view out);
absl::StatusOr<OwnSummary> ParseRestoreSummary(absl::string_view out);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_OWN_SUMMARY_H_
