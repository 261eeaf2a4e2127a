// From arguments to a connection's parameters.

#ifndef PGBALE_ENGINE_CLI_CONNECT_H_
#define PGBALE_ENGINE_CLI_CONNECT_H_

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "engine/cli/arguments.h"

namespace pgbale {

// The parameters that the user gave; asks for the password with -W. Error: it
// cannot be asked for.
absl::StatusOr<pg::ConnectOptions> ConnectOptionsFrom(
    const Arguments& arguments);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_CONNECT_H_
