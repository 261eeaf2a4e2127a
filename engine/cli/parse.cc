#include "engine/cli/parse.h"

#include <getopt.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

// Values of `option::val` that cannot be letters: row + kFirstRow.
constexpr int kFirstRow = 256;

// The command's part of the table, in the form that getopt_long wants.
struct GetoptTable {
  std::string letters;
  std::vector<option> names;
};

GetoptTable TableFor(const Command& command) {
  // '+' is missing: options may follow positional arguments. ':' makes a
  // missing argument distinguishable from an unknown option.
  GetoptTable table{":", {}};
  int row = kFirstRow;
  for (const OptionSpec& spec : AllOptions()) {
    const int value = row++;
    if ((spec.commands & command.id) == 0) continue;
    const int has_argument =
        spec.argument == nullptr ? no_argument : required_argument;
    table.names.push_back({spec.name, has_argument, nullptr, value});
    if (spec.letter == 0) continue;
    table.letters.push_back(spec.letter);
    if (spec.argument != nullptr) table.letters.push_back(':');
  }
  table.names.push_back({nullptr, 0, nullptr, 0});
  return table;
}

const OptionSpec* FindOption(const Command& command, int value) {
  if (value >= kFirstRow)
    return &AllOptions()[static_cast<size_t>(value - kFirstRow)];
  for (const OptionSpec& spec : AllOptions()) {
    if (spec.letter == value && (spec.commands & command.id) != 0) return &spec;
  }
  return nullptr;
}

std::string NameOf(const OptionSpec& spec) {
  return spec.letter == 0
             ? absl::StrCat("option --", spec.name)
             : absl::StrCat("option -", std::string(1, spec.letter), "/--",
                            spec.name);
}

absl::Status UnknownOption(absl::string_view word) {
  const std::string what =
      optopt > 0 && optopt < kFirstRow
          ? absl::StrCat("-", std::string(1, static_cast<char>(optopt)))
          : std::string(word);
  if (optopt >= kFirstRow) {
    return MakeError(Failure::kUsage, absl::StrCat("option ", Quoted(what),
                                                   " takes no argument"));
  }
  return MakeError(Failure::kUsage, absl::StrCat("option ", Quoted(what),
                                                 " is unknown or ambiguous"));
}

absl::Status MissingArgument(const Command& command) {
  const OptionSpec* spec = FindOption(command, optopt);
  return MakeError(Failure::kUsage,
                   absl::StrCat(spec == nullptr ? "option" : NameOf(*spec),
                                " needs an argument"));
}

absl::Status CheckPositional(const Command& command,
                             const Arguments& arguments) {
  const int count = static_cast<int>(arguments.positional.size());
  if (arguments.help) return absl::OkStatus();
  if (count > command.positional_max) {
    return MakeError(
        Failure::kUsage,
        absl::StrCat("too many arguments, the first is ",
                     Quoted(arguments.positional[static_cast<size_t>(
                         command.positional_max)])));
  }
  if (count < command.positional_min)
    return MakeError(Failure::kUsage, "an argument is missing");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Arguments> ParseArguments(
    const Command& command, const std::vector<std::string>& words) {
  // getopt_long reorders the pointers, and wants them writable.
  std::vector<std::string> copies = {"pgbale"};
  copies.insert(copies.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& copy : copies) argv.push_back(copy.data());
  argv.push_back(nullptr);
  const int argc = static_cast<int>(copies.size());
  const GetoptTable table = TableFor(command);

  Arguments arguments;
  opterr = 0;
  optind = 0;  // glibc: forget the last command line
  while (true) {
    const int value = getopt_long(argc, argv.data(), table.letters.c_str(),
                                  table.names.data(), nullptr);
    if (value == -1) break;
    if (value == ':') return MissingArgument(command);
    if (value == '?')
      return UnknownOption(argv[static_cast<size_t>(optind - 1)]);
    const OptionSpec& spec = *FindOption(command, value);
    RETURN_IF_ERROR(Annotate(
        spec.store(optarg == nullptr ? "" : optarg, arguments), NameOf(spec)));
  }
  for (int i = optind; i < argc; ++i)
    arguments.positional.emplace_back(argv[static_cast<size_t>(i)]);
  RETURN_IF_ERROR(CheckPositional(command, arguments));
  return arguments;
}

}  // namespace pgbale
