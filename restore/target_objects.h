// What stands in the target of a restore: in its way, or missing.

#ifndef PGBALE_RESTORE_TARGET_OBJECTS_H_
#define PGBALE_RESTORE_TARGET_OBJECTS_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "format/entry.h"
#include "restore/findings.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

// Schemas and names of those of `entries` that stand in the target as
// relations.
absl::StatusOr<std::set<std::pair<std::string, std::string>>> StandingRelations(
    pg::Connection& connection, const std::vector<const Entry*>& entries);

// Tables, views, sequences, types and large objects that would be made and
// stand already; tables that would get rows, and schemas that would get
// objects, but neither stand nor are made. Reads only; an error is a query's.
absl::Status CheckObjects(pg::Connection& connection,
                          const Selection& selection,
                          const RestoreOptions& options, Findings& found);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TARGET_OBJECTS_H_
