// From words to Arguments, by glibc's getopt_long: options may be abbreviated,
// and stand before and behind positional arguments.
//
// One thread at a time: getopt_long keeps state of its own.

#ifndef PGBALE_ENGINE_CLI_PARSE_H_
#define PGBALE_ENGINE_CLI_PARSE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/cli/arguments.h"
#include "engine/cli/command.h"

namespace pgbale {

// Parses `words`, all that follows the command's name. Usage errors name the
// option.
absl::StatusOr<Arguments> ParseArguments(const Command& command,
                                         const std::vector<std::string>& words);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_PARSE_H_
