// Is the target ready for what will be restored? All that is in the way is
// found before anything is written.

#ifndef PGBALE_RESTORE_PREFLIGHT_H_
#define PGBALE_RESTORE_PREFLIGHT_H_

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "format/archive_info.h"
#include "restore/findings.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

// Reads only. `connection` leads to the target, or with options.create to
// another database of its server. Error: a query's.
absl::StatusOr<Findings> CheckTarget(pg::Connection& connection,
                                     const ArchiveInfo& info,
                                     const Selection& selection,
                                     const RestoreOptions& options);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_PREFLIGHT_H_
