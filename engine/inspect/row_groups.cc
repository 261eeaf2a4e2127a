#include "engine/inspect/row_groups.h"

#include <set>

#include "absl/algorithm/container.h"
#include "restore/partitions.h"

namespace pgbale {
namespace {

class Grouper {
 public:
  Grouper(const std::vector<Entry>& entries,
          const std::map<TableName, TableName>& live_roots, bool via_root)
      : entries_(entries),
        live_roots_(live_roots),
        attachments_(FindAttachments(entries)) {
    FindTogether(via_root);
  }

  // nullopt: its rows are compared with its own table.
  std::optional<TableName> RootOf(const Entry& entry) const {
    std::optional<TableName> root = AnyRootOf(entry);
    if (root.has_value() && !together_.contains(*root)) root.reset();
    return root;
  }

 private:
  std::optional<TableName> AnyRootOf(const Entry& entry) const {
    const TableData& data = *entry.data;
    if (data.target != DataTarget::kRelation) return std::nullopt;
    if (data.via_root) return TableName(data.schema, data.relation);
    const uint32_t top = WithAncestors(attachments_, entry.parent).back();
    if (top != entry.parent && top <= entries_.size())
      return TableName(entries_[top - 1].schema, entries_[top - 1].name);
    const auto live = live_roots_.find({entry.schema, entry.name});
    if (live == live_roots_.end()) return std::nullopt;
    return live->second;
  }

  // Roots that the database has, all of whose partitions are compared at once.
  void FindTogether(bool via_root) {
    std::set<TableName> tables, marked;
    for (const Entry& entry : entries_) {
      if (!entry.data.has_value()) continue;
      tables.emplace(entry.schema, entry.name);
      if (entry.data->via_root)
        marked.emplace(entry.data->schema, entry.data->relation);
    }
    std::set<TableName> unknown;  // of a partition that is not in the archive
    for (const auto& [partition, root] : live_roots_) {
      if (via_root || marked.contains(root)) together_.insert(root);
      if (!via_root && !tables.contains(partition)) unknown.insert(root);
    }
    for (const TableName& root : unknown) together_.erase(root);
  }

  const std::vector<Entry>& entries_;
  const std::map<TableName, TableName>& live_roots_;
  const Attachments attachments_;
  std::set<TableName> together_;
};

}  // namespace

bool RowGroup::Alike() const {
  const TableData& first = *entries.front()->data;
  return absl::c_all_of(entries, [&first](const Entry* entry) {
    return entry->data->format == first.format &&
           absl::c_equal(entry->data->columns, first.columns,
                         [](const DataColumn& one, const DataColumn& other) {
                           return one.name == other.name;
                         });
  });
}

std::vector<RowGroup> GroupRows(
    const std::vector<Entry>& entries,
    const absl::flat_hash_set<uint32_t>& selected,
    const std::map<TableName, TableName>& live_roots, bool via_root) {
  const Grouper grouper(entries, live_roots, via_root);
  std::set<TableName> selected_roots;
  for (const Entry& entry : entries) {
    if (!selected.contains(entry.id)) continue;
    if (const auto root = grouper.RootOf(entry)) selected_roots.insert(*root);
  }
  std::vector<RowGroup> groups;
  std::map<TableName, size_t> places;
  for (const Entry& entry : entries) {
    if (!entry.data.has_value()) continue;
    const std::optional<TableName> root = grouper.RootOf(entry);
    if (root.has_value() && selected_roots.contains(*root)) {
      const auto place = places.try_emplace(*root, groups.size());
      if (place.second) groups.push_back({{}, root});
      groups[place.first->second].entries.push_back(&entry);
    } else if (selected.contains(entry.id)) {
      groups.push_back({{&entry}, std::nullopt});
    }
  }
  return groups;
}

}  // namespace pgbale
