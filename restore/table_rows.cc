#include "restore/table_rows.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "restore/partitions.h"

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
// this way, and set off what the root has. COPY locks all tables between, too.
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
  const Attachments attachments = FindAttachments(entries);
  for (auto& [name, group] : roots) {
    absl::flat_hash_set<uint32_t> tables;
    for (const uint32_t table : group.tables)
      for (const uint32_t each : WithAncestors(attachments, table))
        tables.insert(each);
    for (const uint32_t table : tables) {
      std::vector<uint32_t>& loads = loads_[table];
      loads.insert(loads.end(), group.loads.begin(), group.loads.end());
      std::sort(loads.begin(), loads.end());
      loads.erase(std::unique(loads.begin(), loads.end()), loads.end());
    }
  }
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
