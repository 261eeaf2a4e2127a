// Establishing a connection: parameters, defaults, and a wait that a cancel
// token can end. For base/pg only.

#ifndef PGBALE_BASE_PG_CONNECT_H_
#define PGBALE_BASE_PG_CONNECT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "base/pg/wire.h"

namespace pgbale::pg {

// Errors: kConnect with libpq's or the server's words, without a password;
// kUsage for a connection string that cannot be parsed.
absl::StatusOr<std::unique_ptr<Wire>> Connect(const ConnectOptions& options);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_CONNECT_H_
