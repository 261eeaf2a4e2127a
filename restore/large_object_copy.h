// The pages of large objects, written by SQL functions. libpq's lo_ calls are
// never used: they rest on PQfn (CVE-2026-6477).

#ifndef PGBALE_RESTORE_LARGE_OBJECT_COPY_H_
#define PGBALE_RESTORE_LARGE_OBJECT_COPY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "restore/entry_rows.h"

namespace pgbale {

// Writes all pages of `rows`, whose columns are loid, pageno and data in
// binary, into large objects that stand already, in the transaction that is
// open.
absl::Status CopyLargeObjects(pg::Connection& connection, EntryRows& rows);

// Whether transactions may write different pages of archives at a time, even of
// one object. A page is a row: where blocks are larger than usual, several
// pages of archives share one, and who writes to it second waits for the first
// to end.
absl::StatusOr<bool> CanWriteSideBySide(pg::Connection& connection);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_LARGE_OBJECT_COPY_H_
