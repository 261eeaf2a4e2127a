// The texts of --help, made from the tables of options and commands.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_CLI_HELP_H_
#define PGBALE_ENGINE_CLI_HELP_H_

#include <string>

#include "engine/cli/command.h"

namespace pgbale {

// Of `pgbale COMMAND --help`; lines of at most 80 columns.
std::string HelpFor(const Command& command);

// Of `pgbale --help`.
std::string Overview();

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_HELP_H_
