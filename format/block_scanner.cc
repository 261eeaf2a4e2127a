#include "format/block_scanner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "format/block_reader.h"
#include "format/constants.h"
#include "format/errors.h"

namespace pgbale {
namespace {

// What a search reads at a time: little at first, as the next header is near
// most often.
constexpr size_t kWindowOctetsMin = 4 << 10;
constexpr size_t kWindowOctetsMax = 1 << 20;

absl::Status CutOff(absl::string_view message) {
  return MakeError(Failure::kIncomplete, message);
}

}  // namespace

absl::StatusOr<std::optional<ScannedBlock>> BlockScanner::Next() {
  source_.Release(search_from_);
  if (next_position_ == end_) return std::nullopt;
  ASSIGN_OR_RETURN(std::optional<ScannedBlock> block, ReadAt(next_position_));
  if (next_position_ == end_) return std::nullopt;
  if (!block.has_value()) {
    ASSIGN_OR_RETURN(block, Search(search_from_));
    ReportGap(block);
  }
  if (!block.has_value()) {
    next_position_ = *end_;
    return std::nullopt;
  }
  CheckPlace(*block);
  CheckPayloadIsThere(*block);
  return block;
}

void BlockScanner::ReportGap(const std::optional<ScannedBlock>& next) {
  if (next.has_value()) {
    Report(next_position_,
           Damaged(absl::StrCat("no intact block header is there; the next "
                                "one is at position ",
                                next->position)));
  } else if (!cut_off_) {
    Report(next_position_,
           CutOff(absl::StrCat("no intact block header is there, nor in the ",
                               *end_ - next_position_, " octets to the end")));
  }
}

void BlockScanner::Report(uint64_t position, absl::Status status) {
  damages_.push_back(
      {position, Annotate(status, BlockName(next_ordinal_, position))});
}

void BlockScanner::CheckPlace(ScannedBlock& block) {
  const BlockHeader& header = block.header;
  if (!archive_id_.has_value()) archive_id_ = header.archive_id();
  if (absl::Status status = header.CheckPlace(*archive_id_, next_ordinal_,
                                              block.position + shift_);
      !status.ok())
    Report(block.position, std::move(status));
  block.usable = header.archive_id() == *archive_id_;
  // The blocks behind are judged from here, so that one that was lost is
  // reported once.
  if (block.usable) {
    next_ordinal_ = header.ordinal();
    shift_ = header.position() - block.position;
  }
  ++next_ordinal_;
  search_from_ = block.payload_position();
  next_position_ = search_from_ + header.payload_octets();
}

void BlockScanner::CheckPayloadIsThere(ScannedBlock& block) {
  // Who reads the payload will meet an error that is met here.
  uint8_t last = 0;
  const absl::StatusOr<size_t> got =
      Read(next_position_ - 1, absl::MakeSpan(&last, 1));
  cut_off_ = got.ok() && *got == 0;
  if (!cut_off_) return;
  block.usable = false;
  damages_.push_back(
      {block.position, Annotate(CutOff("its payload goes beyond the end"),
                                block.header.Name())});
  // A header may follow nevertheless: of a later block, if it was octets of
  // this payload that got lost.
  next_position_ = search_from_;
}

absl::StatusOr<size_t> BlockScanner::Read(uint64_t position, MutableBytes out) {
  ASSIGN_OR_RETURN(const size_t got, source_.ReadUpTo(position, out));
  // Nothing is known of the end if even the first octet lies behind it.
  if (got < out.size() && got != 0) end_ = position + got;
  return got;
}

absl::StatusOr<std::optional<ScannedBlock>> BlockScanner::ReadAt(
    uint64_t position) {
  ScannedBlock block;
  block.position = position;
  ASSIGN_OR_RETURN(const size_t got,
                   Read(position, block.header.mutable_octets()));
  if (got == 0) end_ = position;
  if (got < BlockHeader::kSize || !block.header.CheckIntact().ok())
    return std::nullopt;
  return block;
}

absl::StatusOr<std::optional<ScannedBlock>> BlockScanner::Search(
    uint64_t from) {
  Buffer window(kWindowOctetsMin);
  while (true) {
    ASSIGN_OR_RETURN(const size_t got, Read(from, MutableBytes(window)));
    if (got == 0) end_ = from;
    const auto end = window.begin() + static_cast<ptrdiff_t>(got);
    for (auto found = window.begin();; ++found) {
      found = std::search(found, end, kSignature.begin(), kSignature.end());
      if (found == end) break;
      const uint64_t position =
          from + static_cast<uint64_t>(found - window.begin());
      ASSIGN_OR_RETURN(std::optional<ScannedBlock> block, ReadAt(position));
      if (block.has_value() &&
          block->header.archive_id() ==
              archive_id_.value_or(block->header.archive_id()))
        return block;
    }
    if (got < window.size()) return std::nullopt;
    // A signature may lie across the end of the window.
    from += got - (kSignature.size() - 1);
    source_.Release(from);
    window.resize(std::min(window.size() * 2, kWindowOctetsMax));
  }
}

}  // namespace pgbale
