#include "engine/cli/run.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/connect.h"
#include "engine/cli/help.h"
#include "engine/cli/parse.h"
#include "engine/cli/report.h"

namespace pgbale {
namespace {

constexpr int kUsageExitCode = static_cast<int>(Failure::kUsage);

int FailUsage(const Command* command, const absl::Status& status) {
  PrintErr(UsageErrorText(command, status));
  return kUsageExitCode;
}

// The log is for people, on standard error, in the form of our messages.
void OpenLog(bool verbose) {
  static const auto logger = spdlog::stderr_logger_mt("pgbale");
  logger->set_pattern("pgbale: %l: %v");
  logger->set_level(verbose ? spdlog::level::info : spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

int RunParsed(const Command& command, const Arguments& arguments,
              CancelToken& cancel) {
  OpenLog(arguments.verbose);
  const absl::Status status =
      AdviseOnConnection(command.run(arguments, cancel));
  if (status.ok()) return 0;
  const int exit_code = ExitCodeOf(status);
  if (exit_code == kUsageExitCode) return FailUsage(&command, status);
  PrintErr(ErrorText(status));
  if (arguments.json) PrintOut(ErrorJson(status) + "\n");
  return exit_code;
}

// What stands before a command, as pg_dump has it.
std::string CommandName(const std::string& word) {
  if (word == "--help" || word == "-?") return "help";
  if (word == "--version" || word == "-V") return "version";
  return word;
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& words, CancelToken& cancel) {
  if (words.empty()) {
    PrintErr(Overview());
    return kUsageExitCode;
  }
  const Command* command = FindCommand(CommandName(words.front()));
  if (command == nullptr) {
    return FailUsage(nullptr, MakeError(Failure::kUsage,
                                        absl::StrCat("there is no command ",
                                                     Quoted(words.front()))));
  }
  const absl::StatusOr<Arguments> arguments = ParseArguments(
      *command, std::vector<std::string>(words.begin() + 1, words.end()));
  if (!arguments.ok()) return FailUsage(command, arguments.status());
  if (!arguments->help) return RunParsed(*command, *arguments, cancel);
  PrintOut(HelpFor(*command));
  return 0;
}

}  // namespace pgbale
