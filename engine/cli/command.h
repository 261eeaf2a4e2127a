// A command: its words and what it runs. One more command is one file and one
// line in commands.def.

#ifndef PGBALE_ENGINE_CLI_COMMAND_H_
#define PGBALE_ENGINE_CLI_COMMAND_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "engine/cli/arguments.h"
#include "engine/cli/options.h"

namespace pgbale {

struct Command {
  absl::string_view name;      // "dump"
  absl::string_view synopsis;  // "[OPTION]... [DBNAME]"
  absl::string_view summary;   // one line
  // Ends the help; may be empty.
  absl::string_view details;
  CommandSet id;  // its bit in OptionSpec::commands
  // Positional arguments that it takes.
  int positional_min;
  int positional_max;

  // Does it, and prints what it has to say; errors are for the caller to
  // print. kPartial: finished, the message says with what warnings.
  absl::Status (*run)(const Arguments& arguments, CancelToken& cancel);
};

#define COMMAND(Name) extern const Command k##Name##Command;
#include "engine/cli/commands.def"
#undef COMMAND

// All commands, in the order of commands.def.
absl::Span<const Command* const> AllCommands();

// nullptr if there is none of this name.
const Command* FindCommand(absl::string_view name);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_COMMAND_H_
