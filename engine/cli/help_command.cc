#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/help.h"
#include "engine/cli/report.h"

namespace pgbale {
namespace {

absl::Status RunHelp(const Arguments& arguments, CancelToken&) {
  if (arguments.positional.empty()) {
    PrintOut(Overview());
    return absl::OkStatus();
  }
  const std::string& name = arguments.positional.front();
  const Command* command = FindCommand(name);
  if (command == nullptr) {
    return MakeError(Failure::kUsage,
                     absl::StrCat("there is no command ", Quoted(name)));
  }
  PrintOut(HelpFor(*command));
  return absl::OkStatus();
}

}  // namespace

const Command kHelpCommand = {
    "help", "[COMMAND]", "show the commands, or the options of one",
    "",     kHelp,       0,
    1,      RunHelp};

}  // namespace pgbale
