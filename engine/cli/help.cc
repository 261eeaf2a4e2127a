#include "engine/cli/help.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace pgbale {
namespace {

// Where the explanation of an option begins.
constexpr size_t kHelpColumn = 28;

struct Heading {
  OptionGroup group;
  absl::string_view text;
};
constexpr Heading kHeadings[] = {
    {OptionGroup::kGeneral, "General options"},
    {OptionGroup::kContents, "What to take"},
    {OptionGroup::kConnection, "Connection"},
};

std::string OptionText(const OptionSpec& spec) {
  std::string text =
      spec.letter == 0 ? std::string("  ")
                       : absl::StrCat("  -", std::string(1, spec.letter), ", ");
  absl::StrAppend(&text, "--", spec.name);
  if (spec.argument != nullptr) absl::StrAppend(&text, "=", spec.argument);
  return text;
}

void AppendOption(const OptionSpec& spec, std::string& out) {
  std::string left = OptionText(spec);
  for (absl::string_view line : absl::StrSplit(spec.help, '\n')) {
    // A long option has a line of its own.
    if (left.size() + 1 > kHelpColumn) {
      absl::StrAppend(&out, left, "\n");
      left.clear();
    }
    left.resize(kHelpColumn, ' ');
    absl::StrAppend(&out, left, line, "\n");
    left.clear();
  }
}

void AppendGroup(const Command& command, const Heading& heading,
                 std::string& out) {
  bool first = true;
  for (const OptionSpec& spec : AllOptions()) {
    if (spec.group != heading.group || (spec.commands & command.id) == 0 ||
        spec.help == nullptr)
      continue;
    if (first) absl::StrAppend(&out, "\n", heading.text, ":\n");
    first = false;
    AppendOption(spec, out);
  }
}

}  // namespace

std::string HelpFor(const Command& command) {
  std::string out =
      absl::StrCat("pgbale ", command.name, ": ", command.summary,
                   "\n\nUsage:\n  pgbale ", command.name,
                   command.synopsis.empty() ? "" : " ", command.synopsis, "\n");
  for (const Heading& heading : kHeadings) AppendGroup(command, heading, out);
  if (!command.details.empty()) absl::StrAppend(&out, "\n", command.details);
  return out;
}

std::string Overview() {
  std::string out =
      "pgbale: dump and restore PostgreSQL databases\n"
      "\n"
      "Usage:\n"
      "  pgbale COMMAND [OPTION]... [ARGUMENT]...\n"
      "\n"
      "Commands:\n";
  for (const Command* command : AllCommands())
    absl::StrAppendFormat(&out, "  %-10s%s\n", command->name, command->summary);
  absl::StrAppend(&out,
                  "\nOptions of a command: pgbale COMMAND --help\n"
                  "\n"
                  "  pgbale dump -j 4 -d shop -f shop.bale\n"
                  "  pgbale verify shop.bale\n"
                  "  pgbale restore -j 4 -d shop_copy shop.bale\n");
  return out;
}

}  // namespace pgbale
