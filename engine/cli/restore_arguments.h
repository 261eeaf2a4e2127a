// What `restore` and `copy` do to a target alike, as the command line says it.

#ifndef PGBALE_ENGINE_CLI_RESTORE_ARGUMENTS_H_
#define PGBALE_ENGINE_CLI_RESTORE_ARGUMENTS_H_

#include "absl/status/status.h"
#include "engine/cli/arguments.h"
#include "restore/restore.h"

namespace pgbale {

// Error: kUsage, for what -1 excludes.
absl::Status CheckSingleTransaction(const Arguments& arguments);

// Neither the target nor what is to be restored.
RestoreOptions SharedRestoreOptions(const Arguments& arguments);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_RESTORE_ARGUMENTS_H_
