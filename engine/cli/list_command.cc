#include <memory>
#include <string>

#include "base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/report.h"
#include "engine/inspect/input.h"
#include "engine/inspect/list.h"
#include "format/archive_reader.h"

namespace pgbale {
namespace {

absl::Status RunList(const Arguments& arguments, CancelToken& cancel) {
  if (arguments.list && arguments.json)
    return MakeError(Failure::kUsage,
                     "options -l/--list and --json exclude each other");
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source,
                   OpenArchiveFile(arguments.positional.front()));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> archive,
                   ArchiveReader::Open(std::move(source)));
  if (arguments.list) {
    PrintOut(ListForEditing(*archive));
  } else if (arguments.json) {
    ASSIGN_OR_RETURN(const std::string json, ListJson(*archive));
    PrintOut(json + "\n");
  } else {
    ASSIGN_OR_RETURN(const std::string text, ListText(*archive));
    PrintOut(text);
  }
  return cancel.Check();
}

}  // namespace

const Command kListCommand = {"list",
                              "[OPTION]... ARCHIVE",
                              "list what an archive holds",
                              "",
                              kList,
                              1,
                              1,
                              RunList};

}  // namespace pgbale
