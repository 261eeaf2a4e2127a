// The one table of options: parser, help and the check of docs/cli.md all
// come from it. One more option is one more row.

#ifndef PGBALE_ENGINE_CLI_OPTIONS_H_
#define PGBALE_ENGINE_CLI_OPTIONS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cli/arguments.h"

namespace pgbale {

// A set of commands, as bits.
using CommandSet = uint32_t;
inline constexpr CommandSet kDump = 1;
inline constexpr CommandSet kRestore = 2;
inline constexpr CommandSet kList = 4;
inline constexpr CommandSet kVerify = 8;
inline constexpr CommandSet kHelp = 16;
inline constexpr CommandSet kVersion = 32;
inline constexpr CommandSet kSalvage = 64;
inline constexpr CommandSet kBench = 128;
inline constexpr CommandSet kCopy = 256;
inline constexpr CommandSet kAllCommands = ~CommandSet{0};

// The headings of the help, in this order.
enum class OptionGroup { kGeneral, kContents, kConnection };

struct OptionSpec {
  OptionGroup group;
  CommandSet commands;   // to which it belongs
  char letter;           // 0: none
  const char* name;      // without "--"
  const char* argument;  // its name in the help; nullptr: takes none
  // Lines, each short enough to stand in a column; nullptr: none, the option is
  // known only to say why the command has none such.
  const char* help;
  // Stores the argument's value (or "") in `arguments`; usage errors say what
  // is wrong with it, not the option's name.
  absl::Status (*store)(absl::string_view value, Arguments& arguments);
};

// In the order of the help. Two rows with the same name or letter never
// belong to the same command.
absl::Span<const OptionSpec> AllOptions();

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_OPTIONS_H_
