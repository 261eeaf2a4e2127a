// A temporary table through which rows of an entry pass on their way to their
// table: it has the columns that the archive has values of, with the types and
// collations of the target, and no constraints.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_PASSING_TABLE_H_
#define PGBALE_RESTORE_PASSING_TABLE_H_

#include <cstdint>
#include <string>

#include "format/entry.h"

namespace pgbale {

// "a, "B"": the columns of `data`, for a list.
std::string ColumnNames(const TableData& data);

// `data`, whose rows go into the temporary table of the entry `id`.
TableData Passing(const TableData& data, uint32_t id);

// "CREATE TEMPORARY TABLE …", which the end of the transaction drops.
std::string CreatePassingTable(const TableData& data, uint32_t id);

// "INSERT INTO … SELECT … FROM …": all rows that have passed; more may follow.
std::string InsertPassed(const TableData& data, uint32_t id);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_PASSING_TABLE_H_
