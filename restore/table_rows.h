// Where the rows of each table come from: which data entries must be loaded
// before an index, a constraint or a trigger of a table is made.
//
// Thread-compatible.

#ifndef PGBALE_RESTORE_TABLE_ROWS_H_
#define PGBALE_RESTORE_TABLE_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "format/directory.h"
#include "format/entry.h"

namespace pgbale {

class TableRows {
 public:
  TableRows(const std::vector<Entry>& entries, const Directory& directory);

  // The totals of a data entry; zeros if it has no rows.
  const TableTotals& TotalsOf(uint32_t data_entry) const;
  // Ids of the data entries that put rows into the table of this entry;
  // empty for every other entry.
  const std::vector<uint32_t>& LoadsOf(uint32_t table) const;
  // Octets of all their rows.
  uint64_t BytesOf(uint32_t table) const;

 private:
  void AddPartitionedLoads(const std::vector<Entry>& entries);

  absl::flat_hash_map<uint32_t, TableTotals> totals_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> loads_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_TABLE_ROWS_H_
