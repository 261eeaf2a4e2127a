// Passwords that people type, or should not have typed where others see them.

#ifndef PGBALE_ENGINE_CLI_TERMINAL_H_
#define PGBALE_ENGINE_CLI_TERMINAL_H_

#include "absl/status/statusor.h"
#include "base/secret.h"

namespace pgbale {

// Asks on the terminal, without echo. Error (kConnect) if the process has no
// terminal.
absl::StatusOr<Secret> AskPassword();

// Overwrites, where the process list shows them, arguments that are connection
// strings with a password. True if there was one.
bool HidePasswords(int argc, char** argv);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_TERMINAL_H_
