// The parts of a source's tables, told in the words of an archive's directory,
// which a restore plans by: a part is a chunk, and its number the ordinal.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_COPY_SOURCE_DIRECTORY_H_
#define PGBALE_ENGINE_COPY_SOURCE_DIRECTORY_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "catalog/address.h"
#include "engine/dump/table_parts.h"
#include "format/directory.h"

namespace pgbale {

// Rows of tables, as the server estimates them.
using RowEstimates = absl::flat_hash_map<Oid, uint64_t>;

// `parts` are those of PlanTableParts, in their order. A table with a part has
// a row at least.
Directory DirectoryOf(const std::vector<TablePart>& parts,
                      const RowEstimates& rows);

// One part for `chunks`, which are of one entry of the directory of `parts`,
// and follow each other.
// REQUIRES: !chunks.empty()
TablePart JoinParts(const std::vector<TablePart>& parts,
                    absl::Span<const ChunkRef> chunks);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_COPY_SOURCE_DIRECTORY_H_
