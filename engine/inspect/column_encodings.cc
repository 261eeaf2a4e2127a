#include "engine/inspect/column_encodings.h"

#include <algorithm>
#include <cstddef>

#include "base/status.h"
#include "format/encoding_names.h"

namespace pgbale {
namespace {

// Reads of a table: a list of many terabytes should not take minutes.
constexpr size_t kHeadsMax = 16;

}  // namespace

ColumnEncodings::ColumnEncodings(const ArchiveReader& archive)
    : archive_(archive) {
  for (const ChunkRef& chunk : archive.directory().chunks)
    chunks_[chunk.entry_id].push_back(chunk);
}

absl::StatusOr<std::vector<std::set<std::string>>> ColumnEncodings::Of(
    const Entry& entry) const {
  std::vector<std::set<std::string>> names(entry.data->columns.size());
  const auto found = chunks_.find(entry.id);
  if (found == chunks_.end()) return names;
  const std::vector<ChunkRef>& chunks = found->second;
  const size_t heads = std::min(chunks.size(), kHeadsMax);
  for (size_t i = 0; i < heads; ++i) {
    ASSIGN_OR_RETURN(const ChunkHead head,
                     archive_.PeekChunkHead(chunks[i * chunks.size() / heads]));
    for (size_t c = 0; c < std::min(names.size(), head.columns.size()); ++c)
      names[c].insert(EncodingName(head.columns[c].encoding));
  }
  return names;
}

}  // namespace pgbale
