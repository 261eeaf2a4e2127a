#include "restore/table_rows.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace pgbale {

TableRows::TableRows(const std::vector<Entry>& entries,
                     const Directory& directory) {
  for (const TableTotals& totals : directory.tables)
    if (totals.rows > 0) totals_[totals.entry_id] = totals;
  for (const Entry& entry : entries)
    if (entry.data.has_value() && entry.parent != 0 &&
        totals_.contains(entry.id))
      loads_[entry.parent].push_back(entry.id);
  AddPartitionedLoads(entries);
}

// Rows that go through a root may end in any table below it that is loaded in
// this way, and in the root's own indexes and triggers.
void TableRows::AddPartitionedLoads(const std::vector<Entry>& entries) {
  using Name = std::pair<std::string, std::string>;
  struct Group {
    absl::flat_hash_set<uint32_t> tables;
    std::vector<uint32_t> loads;
  };
  absl::flat_hash_map<Name, Group> roots;
  for (const Entry& entry : entries) {
    if (!entry.data.has_value() || !entry.data->via_root) continue;
    Group& group = roots[{entry.data->schema, entry.data->relation}];
    if (entry.parent != 0) group.tables.insert(entry.parent);
    if (totals_.contains(entry.id)) group.loads.push_back(entry.id);
  }
  if (roots.empty()) return;
  for (const Entry& entry : entries) {
    const auto root = roots.find({entry.schema, entry.name});
    if (entry.is_relation && root != roots.end())
      root->second.tables.insert(entry.id);
  }
  for (const auto& [name, group] : roots)
    for (const uint32_t table : group.tables) loads_[table] = group.loads;
}

const TableTotals& TableRows::TotalsOf(uint32_t data_entry) const {
  static const TableTotals kNone;
  const auto found = totals_.find(data_entry);
  return found == totals_.end() ? kNone : found->second;
}

const std::vector<uint32_t>& TableRows::LoadsOf(uint32_t table) const {
  static const std::vector<uint32_t> kNone;
  const auto found = loads_.find(table);
  return found == loads_.end() ? kNone : found->second;
}

uint64_t TableRows::BytesOf(uint32_t table) const {
  uint64_t bytes = 0;
  for (const uint32_t load : LoadsOf(table)) bytes += TotalsOf(load).raw_bytes;
  return bytes;
}

}  // namespace pgbale
