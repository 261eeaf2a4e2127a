// Rows that a foreign key that is not validated keeps nobody from having: they
// refer to rows that do not exist.

#ifndef PGBALE_RESTORE_ORPHAN_ROWS_H_
#define PGBALE_RESTORE_ORPHAN_ROWS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "format/entry.h"

namespace pgbale {

// Of the foreign key that `entry` makes, which stands. An open transaction goes
// on, whatever comes of it. Errors: a query's; kError if there is no such key.
absl::StatusOr<uint64_t> CountOrphans(pg::Connection& connection,
                                      const Entry& entry, bool in_transaction);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ORPHAN_ROWS_H_
