#include "engine/copy/source_pages.h"

#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "format/entry_codec.h"
#include "format/row_batch.h"

namespace pgbale {
namespace {

// About what is written in one round trip.
constexpr uint64_t kBatchBytes = 1 << 20;

}  // namespace

SourcePages::SourcePages(const Entry& entry, pg::CopyOut& copy,
                         RateLimit* limit, CancelToken& cancel,
                         Progress& progress)
    : EntryRows(entry, cancel, progress),
      copy_(copy),
      limit_(limit),
      cancel_(cancel),
      parser_(MakeRowParser(*entry.data)) {}

absl::StatusOr<std::optional<EntryRows::Piece>> SourcePages::Read() {
  absl::StatusOr<std::optional<Piece>> piece = ReadNext();
  read_error_ = piece.status();
  return piece;
}

absl::StatusOr<std::optional<EntryRows::Piece>> SourcePages::ReadNext() {
  if (done_) return std::optional<Piece>();
  RowBatch batch(WidthsOf(*entry().data));
  while (batch.raw_bytes() < kBatchBytes) {
    ASSIGN_OR_RETURN(const std::optional<Bytes> octets, copy_.Next());
    if (!octets.has_value()) {
      done_ = true;
      RETURN_IF_ERROR(parser_->Finish());
      break;
    }
    if (limit_ != nullptr)
      RETURN_IF_ERROR(limit_->Take(octets->size(), cancel_));
    RETURN_IF_ERROR(parser_->Parse(*octets, batch));
  }
  return std::optional<Piece>({std::move(batch), 0});
}

}  // namespace pgbale
