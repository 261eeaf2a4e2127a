// From words to an exit code.

#ifndef PGBALE_ENGINE_CLI_RUN_H_
#define PGBALE_ENGINE_CLI_RUN_H_

#include <string>
#include <vector>

#include "base/cancel.h"

namespace pgbale {

// Runs the command that `words` (without the program's name) ask for, prints
// its errors, and returns the exit code of docs/cli.md. `cancel` ends it.
int RunCommandLine(const std::vector<std::string>& words, CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_RUN_H_
