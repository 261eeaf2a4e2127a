// Rows into a table, by one COPY.

#ifndef PGBALE_RESTORE_TABLE_COPY_H_
#define PGBALE_RESTORE_TABLE_COPY_H_

#include <string>

#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "format/entry.h"
#include "restore/entry_rows.h"

namespace pgbale {

// "COPY s.t (a, b) FROM STDIN (FORMAT binary)".
std::string CopyFromStatement(const TableData& data);

// Sends all chunks of `rows` in the transaction that is open. An error if the
// server stored another number of rows; after any error the transaction must
// be rolled back.
// Memory: one chunk, and a buffer of kSendBytes or one row.
absl::Status CopyTable(pg::Connection& connection, EntryRows& rows);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TABLE_COPY_H_
