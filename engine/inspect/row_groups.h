// Which rows of an archive are compared with which table of a database: those
// of a table with that table, or those of all partitions with their root.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_INSPECT_ROW_GROUPS_H_
#define PGBALE_ENGINE_INSPECT_ROW_GROUPS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "format/entry.h"

namespace pgbale {

using TableName = std::pair<std::string, std::string>;  // schema, name

// Data entries, in the order of the archive.
struct RowGroup {
  std::vector<const Entry*> entries;
  // The partitioned table, all of whose rows these are; else there is one entry
  // with the rows of its own table.
  std::optional<TableName> root;

  // In the same columns and form: the sum of their digests is that of all rows
  // that are read in these.
  bool Alike() const;
};

// Those of `entries` that are `selected`, by id, and what can only be compared
// together with them: rows that go through a root when they are restored, where
// the archive has all of its partitions; with `via_root`, of all partitions.
// `live_roots` are the outermost partitioned tables of a database by partitions
// that hold rows.
std::vector<RowGroup> GroupRows(
    const std::vector<Entry>& entries,
    const absl::flat_hash_set<uint32_t>& selected,
    const std::map<TableName, TableName>& live_roots, bool via_root);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_ROW_GROUPS_H_
