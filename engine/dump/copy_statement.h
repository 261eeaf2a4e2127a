// The COPY that reads the rows of one data entry.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_DUMP_COPY_STATEMENT_H_
#define PGBALE_ENGINE_DUMP_COPY_STATEMENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "engine/dump/table_parts.h"
#include "format/entry.h"

namespace pgbale {

// Reads the table that `entry` is named after (not entry.data->relation,
// which is the root of a partition that is restored through it), its own rows
// only, in the entry's columns and form. `condition`: "" or "WHERE …".
// `by_query`: even if there is no condition; COPY reads no foreign table.
std::string CopyTableStatement(const Entry& entry, absl::string_view condition,
                               bool by_query = false);

// Reads all rows below the partitioned table that `entry` is named after.
std::string CopyPartitionsStatement(const Entry& entry);

// Reads the pages of large objects, as pg_largeobject holds them: loid,
// pageno, data; those that `pages` of `table` tell, which is kLargeObjectPages
// or kLargeObjectMetadata (engine/dump/table_parts.h).
std::string CopyLargeObjectsStatement(absl::string_view table,
                                      const PageRange& pages = {});

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_COPY_STATEMENT_H_
