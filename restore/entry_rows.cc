#include "restore/entry_rows.h"

#include <utility>

#include "base/status.h"

namespace pgbale {

absl::StatusOr<std::optional<RowBatch>> EntryRows::Next() {
  RETURN_IF_ERROR(cancel_.Check());
  if (next_ == chunks_.size()) return std::optional<RowBatch>();
  const ChunkRef& chunk = chunks_[next_++];
  ASSIGN_OR_RETURN(RowBatch batch, reader_.ReadChunk(chunk));
  rows_ += batch.rows();
  raw_bytes_ += batch.raw_bytes();
  stored_bytes_ += chunk.stored_bytes;
  progress_.rows += batch.rows();
  progress_.raw_bytes += batch.raw_bytes();
  progress_.stored_bytes += chunk.stored_bytes;
  return std::optional<RowBatch>(std::move(batch));
}

void EntryRows::Uncount() {
  progress_.rows -= rows_;
  progress_.raw_bytes -= raw_bytes_;
  progress_.stored_bytes -= stored_bytes_;
  rows_ = 0;
  raw_bytes_ = 0;
  stored_bytes_ = 0;
}

}  // namespace pgbale
