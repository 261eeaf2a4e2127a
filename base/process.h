// Other programs, run to their end and measured as the kernel counts: never by
// a shell.

#ifndef PGBALE_BASE_PROCESS_H_
#define PGBALE_BASE_PROCESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"

namespace pgbale {

struct ProcessOptions {
  // The program, found by PATH unless it holds a slash, and its arguments.
  std::vector<std::string> words;
  // Added to our environment, or replaced in it.
  std::vector<std::pair<std::string, std::string>> set = {};
  // Taken out of it.
  std::vector<std::string> unset = {};
};

struct ProcessOutcome {
  int exit_code = 0;  // 128 + the signal that ended it
  double seconds = 0;
  double cpu_seconds = 0;  // its own and that of the children it waited for
  // Of the process that took most. Never less than what our own had taken
  // until then: every program begins as a copy of this one.
  uint64_t peak_bytes = 0;
  std::string out;  // of each the last MiB
  std::string err;
};

// Runs a program with nothing as its input, in a process group of its own, so
// that a signal from the terminal reaches us alone. A cancellation ends the
// group: it gets SIGTERM, 10 s later SIGKILL.
// Errors: kError if it cannot be started; what `cancel` was cancelled with,
// once it has ended. Any exit code is an outcome.
absl::StatusOr<ProcessOutcome> RunProcess(const ProcessOptions& options,
                                          CancelToken& cancel);

// `words` as one would type them into a shell.
std::string CommandText(const std::vector<std::string>& words);

// The first executable file of this name in the folders of PATH.
std::optional<std::string> FindProgram(const std::string& name);

}  // namespace pgbale

#endif  // PGBALE_BASE_PROCESS_H_
