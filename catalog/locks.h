// ACCESS SHARE locks on all tables of a dump. That none changed between the
// snapshot and its lock is proved when all is read
// (catalog/definition_state.h).

#ifndef PGBALE_CATALOG_LOCKS_H_
#define PGBALE_CATALOG_LOCKS_H_

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "catalog/relation.h"
#include "catalog/selection.h"

namespace pgbale {

// Locks every selected ordinary and partitioned table that is not one of
// `unlockable` (catalog/access.h), many a statement. A warning goes to the log
// if the server's max_locks_per_transaction promises no room for so many; an
// error tells the value to set if there is none.
// `timeout_ms`: 0 waits for ever. A table that is gone since the snapshot:
// kAborted (absl code), see IsSchemaChange. A missing privilege names the
// table, a time-out those that `fresh`, outside of the leader's transaction,
// finds in the hands of others.
absl::Status LockTables(pg::Connection& leader, pg::Connection& fresh,
                        const RelationMap& relations,
                        const ObjectSelection& selection,
                        const absl::flat_hash_set<Oid>& unlockable,
                        int64_t timeout_ms);

// True for errors that a new snapshot may cure.
bool IsSchemaChange(const absl::Status& status);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_LOCKS_H_
