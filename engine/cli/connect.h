// From arguments to a connection's parameters, and what to say when the
// connection cannot be had.

#ifndef PGBALE_ENGINE_CLI_CONNECT_H_
#define PGBALE_ENGINE_CLI_CONNECT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "engine/cli/arguments.h"

namespace pgbale {

// The parameters that the user gave; asks for the password with -W. Error: it
// cannot be asked for.
absl::StatusOr<pg::ConnectOptions> ConnectOptionsFrom(
    const Arguments& arguments);

// True if the environment has the variable, and it is not empty.
bool IsSet(const char* variable);

// True if -d, DATABASE_URL, PGDATABASE or PGSERVICE names a database. libpq's
// default, one that is named like the user, is for nobody who does not know.
bool NamesDatabase(const Arguments& arguments);

// `status` with advice in terms of our options, if it is kConnect and has
// none. Chosen by the message: libpq tells no code for a failed connection.
absl::Status AdviseOnConnection(const absl::Status& status);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_CLI_CONNECT_H_
