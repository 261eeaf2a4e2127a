// Sessions that a killed run of a restore has left on the server: one that
// builds an index goes on until that is done, and commits it.

#ifndef PGBALE_RESTORE_FORMER_SESSIONS_H_
#define PGBALE_RESTORE_FORMER_SESSIONS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/pg/connection.h"

namespace pgbale {

// Returns when no other session holds the advisory lock `key`. Waits for those
// that work, and ends those that wait for a client. Errors: kLocked for one
// that this role may not end; what `cancel` was cancelled with.
absl::Status WaitForFormerSessions(pg::Connection& connection, uint64_t key,
                                   CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_FORMER_SESSIONS_H_
