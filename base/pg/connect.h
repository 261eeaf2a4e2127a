// Establishing a connection: parameters, defaults, and a wait that a cancel
// token can end. For base/pg only.

#ifndef PGBALE_BASE_PG_CONNECT_H_
#define PGBALE_BASE_PG_CONNECT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pg/connection.h"
#include "base/pg/wire.h"

namespace pgbale::pg {

// Errors: kConnect with libpq's or the server's words, without a password;
// kUsage for a connection string that cannot be parsed.
absl::StatusOr<std::unique_ptr<Wire>> Connect(const ConnectOptions& options);

// Is `dbname` a name, or a URI or keyword list that libpq can parse? kUsage if
// not, without a password.
absl::Status CheckConnectionString(const std::string& dbname);

// True if libpq would take `dbname` apart: a URI or a keyword list.
bool IsConnectionString(absl::string_view dbname);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_CONNECT_H_
