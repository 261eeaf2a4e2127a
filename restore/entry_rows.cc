#include "restore/entry_rows.h"

#include <utility>

#include "base/status.h"

namespace pgbale {
namespace {

// A smaller chunk is decoded before another thread has woken up for it.
constexpr uint64_t kWorthAThreadOctets = 64 << 10;

}  // namespace

absl::StatusOr<std::optional<RowBatch>> EntryRows::Next() {
  RETURN_IF_ERROR(cancel_.Check());
  ASSIGN_OR_RETURN(std::optional<Piece> piece, Read());
  if (!piece.has_value()) return std::optional<RowBatch>();
  counted_.rows += piece->batch.rows();
  counted_.raw_bytes += piece->batch.raw_bytes();
  counted_.stored_bytes += piece->stored_bytes;
  progress_.rows += piece->batch.rows();
  progress_.raw_bytes += piece->batch.raw_bytes();
  progress_.stored_bytes += piece->stored_bytes;
  return std::optional<RowBatch>(std::move(piece->batch));
}

absl::StatusOr<std::optional<EntryRows::Piece>> ArchiveRows::Read() {
  RETURN_IF_ERROR(failed_);
  if (!std::exchange(fresh_, false) && enough_ && enough_()) {
    fresh_ = true;
    claim_.reset();
    return std::optional<Piece>();
  }
  while (next_ < chunks_.size()) {
    absl::StatusOr<RowBatch> batch = ReadNext();
    const ChunkRef& chunk = chunks_[next_++];
    if (batch.ok())
      return std::optional<Piece>({*std::move(batch), chunk.stored_bytes});
    if (!skip_corrupt_ || FailureOf(batch.status()) != Failure::kDamaged)
      return failed_ = batch.status();
    skipped_.push_back({&chunk, batch.status()});
  }
  claim_.reset();
  return std::optional<Piece>();
}

absl::StatusOr<RowBatch> ArchiveRows::ReadNext() {
  // Before any wait for memory.
  claim_.reset();
  if (ahead_.empty() && chunks_[next_].raw_bytes < kWorthAThreadOctets) {
    begun_ = next_ + 1;
    return decoders_.reader().ReadChunk(chunks_[next_]);
  }
  ReadAhead();
  DecodedChunk decoded = ahead_.front().get();
  ahead_.pop_front();
  claim_ = std::move(decoded.claim);
  return std::move(decoded.batch);
}

void ArchiveRows::ReadAhead() {
  if (ahead_.empty()) {
    begun_ = next_ + 1;
    ahead_.push_back(decoders_.Begin(chunks_[next_]));
  }
  while (begun_ < chunks_.size() && ahead_.size() < decoders_.chunks_ahead()) {
    auto begun = decoders_.TryBegin(chunks_[begun_]);
    if (!begun.has_value()) return;
    ahead_.push_back(*std::move(begun));
    ++begun_;
  }
}

void EntryRows::Uncount() {
  progress_.rows -= counted_.rows - kept_.rows;
  progress_.raw_bytes -= counted_.raw_bytes - kept_.raw_bytes;
  progress_.stored_bytes -= counted_.stored_bytes - kept_.stored_bytes;
  counted_ = kept_;
}

}  // namespace pgbale
