// What a session must be told before it reads or writes a database, so that
// no setting of the user, the role or the database changes one byte.

#ifndef PGBALE_BASE_PG_SESSION_H_
#define PGBALE_BASE_PG_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale::pg {

// Settings for reading, by the server's version: search_path '', client
// encoding = server's, formats, timeouts 0, row_security off, role if `role`
// is not empty, .... With `row_security`, policies hide rows; without, a table
// some of whose rows they would hide cannot be read.
absl::Status PrepareDumpSession(Connection& connection, const std::string& role,
                                bool row_security = false);

// From here on a query may read foreign tables, which PrepareDumpSession
// forbids where the server can; or may not again.
absl::Status AllowForeignTables(Connection& connection, bool allow);

// Settings for writing, by the target's version. `encoding` is the archive's
// (client_encoding).
absl::Status PrepareRestoreSession(Connection& connection,
                                   const std::string& encoding,
                                   const std::string& role);

// What tells one server from another (behind a load balancer the workers may
// land elsewhere): start time and system identifier.
struct ServerIdentity {
  std::string system_identifier;
  std::string start_time;
  std::string in_recovery;  // "t" on a standby
  bool operator==(const ServerIdentity&) const = default;
};
absl::StatusOr<ServerIdentity> ReadServerIdentity(Connection& connection);

// Refuses a pooler in transaction mode: the backend's pid must stay the same
// across transactions. Error: kConnect with the reason.
absl::Status CheckNoPooler(Connection& connection);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_SESSION_H_
