// Counters that jobs raise and a display reads.
//
// Thread-safe.

#ifndef PGBALE_BASE_SCHED_PROGRESS_H_
#define PGBALE_BASE_SCHED_PROGRESS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace pgbale {

struct Progress {
  std::atomic<uint64_t> rows{0};
  std::atomic<uint64_t> raw_bytes{0};     // as the server sends or takes them
  std::atomic<uint64_t> stored_bytes{0};  // in the archive
  std::atomic<uint64_t> jobs_done{0};
  std::atomic<uint64_t> jobs_total{0};
  // Expected rows or octets for the percentage; 0 unknown.
  std::atomic<uint64_t> raw_bytes_total{0};
};

// One line for people: "dumping: 45 %, 1.2 GiB of 2.66 GiB, 312 MiB/s, 3 of
// 10 jobs, 5 s left". Of what is not known, nothing is said.
std::string ProgressLine(const Progress& progress, absl::string_view verb,
                         double bytes_per_second);

// Shows `progress` on standard error: one line redrawn twice a second on a
// terminal, a plain line every 10 s elsewhere; nothing if `quiet`. Ends, and
// clears its line, when destroyed.
class ProgressDisplay {
 public:
  // `progress` must remain live while the display lives. `verb`: "dumping".
  ProgressDisplay(const Progress& progress, std::string verb, bool quiet);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgbale

#endif  // PGBALE_BASE_SCHED_PROGRESS_H_
