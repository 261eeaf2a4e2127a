#include "engine/cli/restore_arguments.h"

#include "base/status.h"

namespace pgbale {

absl::Status CheckSingleTransaction(const Arguments& arguments) {
  if (!arguments.single_transaction) return absl::OkStatus();
  if (arguments.jobs.value_or(1) > 1)
    return MakeError(
        Failure::kUsage,
        "options -1/--single-transaction and -j/--jobs exclude each other");
  if (arguments.continue_on_error)
    return MakeError(
        Failure::kUsage,
        "options -1/--single-transaction and --on-error=continue exclude each "
        "other");
  return absl::OkStatus();
}

RestoreOptions SharedRestoreOptions(const Arguments& arguments) {
  RestoreOptions options;
  options.owner = !arguments.no_owner;
  options.privileges = !arguments.no_privileges;
  options.tablespaces = !arguments.no_tablespaces;
  options.role = arguments.role;
  options.role_map = arguments.role_map;
  options.skip_missing_roles = arguments.skip_missing_roles;
  // Where definitions are restored, triggers and foreign keys come after rows.
  options.disable_triggers = arguments.disable_triggers && arguments.data_only;
  options.clean = arguments.clean;
  options.if_exists = arguments.if_exists;
  options.create = arguments.create;
  options.exit_on_error = !arguments.continue_on_error;
  options.keep_broken_keys = arguments.keep_broken_keys;
  options.single_transaction = arguments.single_transaction;
  options.allow_non_empty = arguments.allow_non_empty;
  options.allow_newer_server = arguments.allow_newer_server;
  options.maintenance_memory_bytes = arguments.maintenance_memory_bytes;
  options.analyze = arguments.analyze;
  return options;
}

}  // namespace pgbale
