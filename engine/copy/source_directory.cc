#include "engine/copy/source_directory.h"

#include <algorithm>

namespace pgbale {

Directory DirectoryOf(const std::vector<TablePart>& parts,
                      const RowEstimates& rows) {
  Directory directory;
  for (size_t i = 0; i < parts.size(); ++i) {
    const TablePart& part = parts[i];
    const uint32_t id = part.entry->id;
    directory.chunks.push_back({.entry_id = id,
                                .ordinal = i,
                                .rows = 1,
                                .raw_bytes = part.bytes,
                                .place = part.pages.first});
    if (directory.tables.empty() || directory.tables.back().entry_id != id) {
      const auto estimate = rows.find(part.source->relation);
      TableTotals& totals = directory.tables.emplace_back();
      totals.entry_id = id;
      totals.rows =
          estimate == rows.end() ? 1 : std::max<uint64_t>(estimate->second, 1);
    }
    directory.tables.back().raw_bytes += part.bytes;
    ++directory.tables.back().chunks;
  }
  return directory;
}

TablePart JoinParts(const std::vector<TablePart>& parts,
                    absl::Span<const ChunkRef> chunks) {
  TablePart joined = parts[chunks.front().ordinal];
  joined.pages.end = parts[chunks.back().ordinal].pages.end;
  joined.bytes = 0;
  for (const ChunkRef& chunk : chunks) joined.bytes += chunk.raw_bytes;
  return joined;
}

}  // namespace pgbale
