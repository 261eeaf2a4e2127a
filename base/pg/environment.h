// A connection's parameters for programs that others run: those that we start
// get them as variables of their environment, where no process list shows them.

#ifndef PGBALE_BASE_PG_ENVIRONMENT_H_
#define PGBALE_BASE_PG_ENVIRONMENT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale::pg {

// "PGHOST" and its value, "PGPASSWORD", …: what `options` say, a URI or keyword
// list taken apart; later ones win. What this process's own environment says
// is not in it. The password is: not for logs.
// Errors: kUsage for a connection string that cannot be parsed, or a parameter
// that has no variable.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> EnvironmentOf(
    const ConnectOptions& options);

// Likewise, for a command that a person may type: a database's name if that is
// all that `options` say, else a keyword list; "" if they say nothing. "***"
// stands for a password in it; options.password is left out.
std::string ConnectionStringOf(const ConnectOptions& options);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_ENVIRONMENT_H_
