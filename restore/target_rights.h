// May the role that restores do what it is asked for?

#ifndef PGBALE_RESTORE_TARGET_RIGHTS_H_
#define PGBALE_RESTORE_TARGET_RIGHTS_H_

#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "format/archive_info.h"
#include "restore/findings.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

// The role is options.role, else who has logged in; a superuser may all.
// Checked: SET ROLE; CREATE on the database and its schemas; being a member of
// the owners; with `create`, CREATEDB; INSERT where rows alone are restored.
// Reads only; an error is a query's.
absl::Status CheckRights(pg::Connection& connection, const ArchiveInfo& info,
                         const Selection& selection,
                         const RestoreOptions& options, Findings& found);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TARGET_RIGHTS_H_
