// One state of the database for many connections.
//
// Order: BeginSnapshot on the leader; ImportSnapshot on each worker while the
// leader's transaction is open; end by closing the connections or COMMIT.

#ifndef PGBALE_BASE_PG_SNAPSHOT_H_
#define PGBALE_BASE_PG_SNAPSHOT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale::pg {

struct Snapshot {
  std::string id;  // for SET TRANSACTION SNAPSHOT
  // WAL position just before it was taken, "" if not readable: what was
  // committed before is in it.
  std::string lsn;
  std::string time;  // ISO, UTC
};

// Opens a REPEATABLE READ (or SERIALIZABLE DEFERRABLE, which may wait), READ
// ONLY transaction and exports its snapshot.
// REQUIRES: no transaction is open.
absl::StatusOr<Snapshot> BeginSnapshot(Connection& leader,
                                       bool serializable_deferrable = false);

// Opens a REPEATABLE READ, READ ONLY transaction with the snapshot `id`, which
// another session has exported and holds, and exports it on its own behalf:
// that session may end afterwards. The result has no WAL position, and the time
// of this transaction.
absl::StatusOr<Snapshot> AdoptSnapshot(Connection& leader,
                                       const std::string& id);

// Opens a transaction with the leader's snapshot.
absl::Status ImportSnapshot(Connection& worker, const std::string& id);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_SNAPSHOT_H_
