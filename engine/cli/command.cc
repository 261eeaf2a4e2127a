#include "engine/cli/command.h"

namespace pgbale {
namespace {

constexpr const Command* kCommands[] = {
#define COMMAND(Name) &k##Name##Command,
#include "engine/cli/commands.def"
#undef COMMAND
};

}  // namespace

absl::Span<const Command* const> AllCommands() { return kCommands; }

const Command* FindCommand(absl::string_view name) {
  for (const Command* command : kCommands)
    if (command->name == name) return command;
  return nullptr;
}

}  // namespace pgbale
