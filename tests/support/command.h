// Other programs, run by tests.

#ifndef PGBALE_TESTS_SUPPORT_COMMAND_H_
#define PGBALE_TESTS_SUPPORT_COMMAND_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace pgbale {

struct CommandResult {
  int exit_code = -1;  // 128 + the signal that ended it
  std::string out;
  std::string err;
};

// What is added to the environment of this process, or replaced in it.
using Environment = std::vector<std::pair<std::string, std::string>>;

// Runs `argv` (found by PATH) with `input` as its standard input and waits
// for it, two minutes at most: then it is killed (exit code 137).
CommandResult RunCommand(const std::vector<std::string>& argv,
                         const Environment& environment = {},
                         absl::string_view input = "");

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_COMMAND_H_
