// How a connection of a dump comes to the rows of tables: it locks them, makes
// sure that their names mean what they meant, and leaves to the leader what it
// cannot lock. What becomes of the rows is the caller's.

#ifndef PGBALE_ENGINE_DUMP_PART_READER_H_
#define PGBALE_ENGINE_DUMP_PART_READER_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/pg/connection.h"
#include "engine/dump/sessions.h"
#include "engine/dump/table_parts.h"

namespace pgbale {

// The COPY TO STDOUT that reads `part`.
std::string CopyStatementOf(const TablePart& part);

// Reads `part` by `connection`, which may, and sets `some_rows` once it cannot
// be read again as if nothing had happened.
using ReadPart = std::function<absl::Status(
    const TablePart& part, pg::Connection& connection, bool& some_rows)>;

// Has `read` called for each of `parts`, in order, with the connection of
// `worker`, or with the leader's for what the worker cannot lock
// (DumpSessions::LockByWorker). Ends at the first error; errors name the table.
// REQUIRES: foreign tables, large objects and ranges of pages come alone
absl::Status ReadParts(DumpSessions& sessions,
                       absl::Span<const TablePart* const> parts, int worker,
                       const ReadPart& read);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_PART_READER_H_
