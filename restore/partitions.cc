#include "restore/partitions.h"

#include "absl/container/flat_hash_set.h"
#include "restore/load_spans.h"

namespace pgbale {
namespace {

bool Known(const std::vector<Entry>& entries, uint32_t id) {
  return id > 0 && id <= entries.size();
}

// As far up as the tables that the restore makes are attached to one.
uint32_t TakerOf(const Attachments& attachments,
                 const absl::flat_hash_set<uint32_t>& made, uint32_t table) {
  uint32_t taker = table;
  for (const uint32_t ancestor : WithAncestors(attachments, table)) {
    taker = ancestor;
    const auto attached = attachments.find(ancestor);
    if (attached != attachments.end() && made.contains(ancestor) &&
        !made.contains(attached->second.entry))
      break;
  }
  return taker;
}

}  // namespace

// What belongs to one relation and binds it to another before the data is a
// partition's attachment; see selection.cc.
Attachments FindAttachments(const std::vector<const Entry*>& entries) {
  absl::flat_hash_set<uint32_t> relations;
  for (const Entry* entry : entries)
    if (entry->is_relation) relations.insert(entry->id);
  Attachments attachments;
  for (const Entry* entry : entries) {
    if (entry->section != Section::kPreData ||
        !relations.contains(entry->parent))
      continue;
    for (const uint32_t table : entry->locks)
      if (table != entry->parent)
        attachments[entry->parent] = {table, entry->id};
  }
  return attachments;
}

Attachments FindAttachments(const std::vector<Entry>& entries) {
  std::vector<const Entry*> all;
  all.reserve(entries.size());
  for (const Entry& entry : entries) all.push_back(&entry);
  return FindAttachments(all);
}

std::vector<uint32_t> WithAncestors(const Attachments& attachments,
                                    uint32_t table) {
  std::vector<uint32_t> chain = {table};
  // An archive may hold a circle.
  while (chain.size() <= attachments.size()) {
    const auto above = attachments.find(chain.back());
    if (above == attachments.end()) break;
    chain.push_back(above->second.parent);
  }
  return chain;
}

std::vector<RowRoute> RoutesOfRows(const std::vector<Entry>& entries,
                                   const Selection& selection, bool via_root) {
  const Attachments attachments = FindAttachments(entries);
  const absl::flat_hash_set<uint32_t> made = MadeBy(selection);
  std::vector<RowRoute> routes;
  for (const Entry& entry : entries) {
    if (!entry.data.has_value() || !Known(entries, entry.parent) ||
        entry.data->target != DataTarget::kRelation)
      continue;
    const TableData& data = *entry.data;
    const uint32_t taker = TakerOf(attachments, made, entry.parent);
    // Of a root that is not made, the archive knows as much.
    if (data.via_root ? !made.contains(taker) : !via_root) continue;
    const Entry& table = entries[taker - 1];
    const bool through = taker != entry.parent;
    if (data.via_root != through || data.schema != table.schema ||
        data.relation != table.name)
      routes.push_back({entry.id, taker, through});
  }
  return routes;
}

uint64_t LeaveOutStatisticsOfPartitions(const std::vector<Entry>& entries,
                                        Selection& selection) {
  absl::flat_hash_set<uint32_t> filled;
  for (const Entry& entry : entries)
    if (entry.data.has_value() && entry.data->via_root)
      filled.insert(entry.parent);
  const auto is_of_filled = [&](uint32_t of) {
    if (filled.contains(of)) return true;
    return Known(entries, of) && !entries[of - 1].is_relation &&
           filled.contains(entries[of - 1].parent);
  };
  return std::erase_if(selection.entries, [&](const Entry* entry) {
    return entry->aspect == Aspect::kStatistics && entry->parent != 0 &&
           is_of_filled(entry->parent);
  });
}

}  // namespace pgbale
