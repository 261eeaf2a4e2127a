// A connection's parameters for programs that we start: as variables of their
// environment, where no process list shows them.

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

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_ENVIRONMENT_H_
