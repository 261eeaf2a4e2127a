// Measures dump and restore of a database, side by side with pg_dump and
// pg_restore: the story of `pgbale bench`.
//
// Everything that is measured is a process of its own, pgbale too, so that the
// kernel counts for all of them alike. All take turns, in an order that turns
// round each time; each dump goes into the same folder, each restore into a
// new database on the same server. At the end the archive is compared with the
// database, and what each tool restored with the archive.

#ifndef PGBALE_ENGINE_BENCH_BENCH_H_
#define PGBALE_ENGINE_BENCH_BENCH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "engine/bench/peers.h"
#include "engine/bench/report.h"

namespace pgbale {

struct BenchOptions {
  pg::ConnectOptions source;  // without a cancel token
  std::string program;        // the path of pgbale itself
  int runs = 5;               // that count, of each
  int jobs = 1;
  bool warm_up = true;  // one more turn before, which does not count
  // What is measured; restores need a dump, which does not count then.
  bool dump = true;
  bool restore = true;
  PeerOptions peers;
  // Further options of `pgbale dump` alone, and of all dumps: -n, -t ….
  std::vector<std::string> dump_words;
  std::vector<std::string> selection_words;
  // Archives go into a new folder in this one, which is removed at the end
  // unless they are to be kept.
  std::string folder;
  bool keep = false;
  // Told of each run, in a line without its end.
  std::function<void(absl::string_view line)> say;
};

// Errors: kConnect; kLocalStorage if there is too little room; that of a
// pgbale that fails; what `cancel` was cancelled with. A peer that fails is in
// the report. Whatever happens, no new database is left.
absl::StatusOr<BenchReport> RunBench(const BenchOptions& options,
                                     CancelToken& cancel);

// kError if results are wrong, kPartial if a peer failed.
absl::Status VerdictOf(const BenchReport& report);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_BENCH_H_
