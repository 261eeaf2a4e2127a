#include "engine/cli/command.h"
#include "engine/cli/report.h"

namespace pgbale {
namespace {

absl::Status RunVersion(const Arguments&, CancelToken&) {
  PrintOut("pgbale " PGBALE_VERSION "\n");
  return absl::OkStatus();
}

}  // namespace

const Command kVersionCommand = {
    "version", "", "show the version", "", kVersion, 0, 0, RunVersion};

}  // namespace pgbale
