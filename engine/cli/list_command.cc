#include <memory>

#include "base/io/file.h"
#include "base/status.h"
#include "engine/cli/command.h"
#include "engine/cli/report.h"
#include "engine/inspect/list.h"
#include "format/archive_reader.h"

namespace pgbale {
namespace {

absl::Status RunList(const Arguments& arguments, CancelToken& cancel) {
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source,
                   OpenFileSource(arguments.positional.front()));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> archive,
                   ArchiveReader::Open(std::move(source)));
  PrintOut(arguments.json ? ListJson(*archive) + "\n" : ListText(*archive));
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
