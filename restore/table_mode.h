// Rows into tables that stand in the target: in addition to those that they
// have, in their place, or row by row in place of those with the same key.
//
// What a mode needs are statements around COPY. They are entries of their own,
// so that the restore runs them like all others; in one transaction, all of
// this happens or nothing.

#ifndef PGBALE_RESTORE_TABLE_MODE_H_
#define PGBALE_RESTORE_TABLE_MODE_H_

#include <vector>

#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "format/entry.h"
#include "restore/findings.h"
#include "restore/restore.h"
#include "restore/row_filter.h"
#include "restore/selection.h"

namespace pgbale {

// Compares the columns of the standing tables with those of the rows that are
// selected, and adds a problem for each difference that keeps rows away.
// Changes `entries`, to which `selection` points, and `selection`: states of
// sequences come with kTruncate only; kTruncate gets a TRUNCATE of all tables;
// kUpsert loads into temporary tables, and gets statements to make those and
// to merge them, by which then go the filters of these rows. Reads only. Error:
// a query's. REQUIRES: options.table_mode is not kCreate
absl::Status ApplyTableMode(pg::Connection& connection,
                            const RestoreOptions& options, RowFilters& filters,
                            std::vector<Entry>& entries, Selection& selection,
                            Findings& found);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TABLE_MODE_H_
