// What stands in the target of a restore: in its way, or missing.

#ifndef PGBALE_RESTORE_TARGET_OBJECTS_H_
#define PGBALE_RESTORE_TARGET_OBJECTS_H_

#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "restore/findings.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

// Tables, views, sequences and types that would be made and stand already;
// tables that would get rows, and schemas that would get objects, but neither
// stand nor are made. Reads only; an error is a query's.
absl::Status CheckObjects(pg::Connection& connection,
                          const Selection& selection,
                          const RestoreOptions& options, Findings& found);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TARGET_OBJECTS_H_
