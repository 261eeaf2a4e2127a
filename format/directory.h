// The table of contents at the end of an archive: where each chunk is, and
// what each table holds.
//
// Plain data. Thread-compatible.

#ifndef PGBALE_FORMAT_DIRECTORY_H_
#define PGBALE_FORMAT_DIRECTORY_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "format/digest.h"

namespace pgbale {

struct ChunkRef {
  uint32_t entry_id = 0;
  uint64_t ordinal = 0;       // of its block in the archive
  uint64_t position = 0;      // of its block header
  uint64_t stored_bytes = 0;  // header and payload
  uint32_t rows = 0;
  uint64_t raw_bytes = 0;
  uint64_t head_hash = 0;  // of the head with its length; 0: not known
  uint64_t place = 0;      // RowBatch::place

  bool operator==(const ChunkRef&) const = default;
  // True if the directory may say this of the chunk `found`: all is equal,
  // save for a hash that it does not know.
  bool Describes(const ChunkRef& found) const;
};

struct TableTotals {
  uint32_t entry_id = 0;
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  uint64_t stored_bytes = 0;
  uint64_t chunks = 0;
  Digest digest;
  // The archive was salvaged: rows are missing, or it is not known whether;
  // how many, if that is known.
  bool incomplete = false;
  uint64_t rows_missing = 0;

  bool operator==(const TableTotals&) const = default;
};

struct Directory {
  std::vector<ChunkRef> chunks;     // in the order of the archive
  std::vector<TableTotals> tables;  // by entry_id, ascending

  // Of a data entry; zeros if it has no chunk, or there is none.
  TableTotals TotalsOf(uint32_t entry_id) const;
};

inline bool ChunkRef::Describes(const ChunkRef& found) const {
  ChunkRef known = found;
  if (head_hash == 0) known.head_hash = 0;
  return *this == known;
}

inline TableTotals Directory::TotalsOf(uint32_t entry_id) const {
  const auto found =
      std::lower_bound(tables.begin(), tables.end(), entry_id,
                       [](const TableTotals& table, uint32_t id) {
                         return table.entry_id < id;
                       });
  if (found != tables.end() && found->entry_id == entry_id) return *found;
  TableTotals none;
  none.entry_id = entry_id;
  return none;
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_DIRECTORY_H_
