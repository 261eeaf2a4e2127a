// Rows into a table, by one COPY.

#ifndef PGBALE_RESTORE_TABLE_COPY_H_
#define PGBALE_RESTORE_TABLE_COPY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "format/entry.h"
#include "restore/entry_rows.h"

namespace pgbale {

// Rows are frozen as they are stored, which spares the table its first vacuum
// and makes index-only scans possible at once. Others that see the table see
// them, whatever their snapshot.
enum class Freeze { kNo, kYes };

// "COPY s.t (a, b) FROM STDIN (FORMAT binary, FREEZE)".
std::string CopyFromStatement(const TableData& data,
                              Freeze freeze = Freeze::kNo);

// Sends all chunks of `rows` in the transaction that is open. An error if the
// server stored another number of rows; after any error the transaction must
// be rolled back.
// Memory: one chunk, and a buffer of kSendBytes or one row.
// REQUIRES for kYes: a plain table that this transaction has made
absl::Status CopyTable(pg::Connection& connection, EntryRows& rows,
                       Freeze freeze = Freeze::kNo);
// Likewise, into the relation that `into` names.
absl::Status CopyTable(pg::Connection& connection, EntryRows& rows,
                       const TableData& into, Freeze freeze = Freeze::kNo);

// An error unless the server stored as many rows as it was sent.
absl::Status CheckStored(uint64_t stored, uint64_t sent);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TABLE_COPY_H_
