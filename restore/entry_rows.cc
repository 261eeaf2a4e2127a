#include "restore/entry_rows.h"

#include <utility>

#include "base/status.h"

namespace pgbale {

absl::StatusOr<std::optional<RowBatch>> EntryRows::Next() {
  RETURN_IF_ERROR(cancel_.Check());
  ASSIGN_OR_RETURN(std::optional<Piece> piece, Read());
  if (!piece.has_value()) return std::optional<RowBatch>();
  rows_ += piece->batch.rows();
  raw_bytes_ += piece->batch.raw_bytes();
  stored_bytes_ += piece->stored_bytes;
  progress_.rows += piece->batch.rows();
  progress_.raw_bytes += piece->batch.raw_bytes();
  progress_.stored_bytes += piece->stored_bytes;
  return std::optional<RowBatch>(std::move(piece->batch));
}

absl::StatusOr<std::optional<EntryRows::Piece>> ArchiveRows::Read() {
  if (next_ == chunks_.size()) return std::optional<Piece>();
  const ChunkRef& chunk = chunks_[next_++];
  ASSIGN_OR_RETURN(RowBatch batch, reader_.ReadChunk(chunk));
  return std::optional<Piece>({std::move(batch), chunk.stored_bytes});
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
