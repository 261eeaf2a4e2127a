#include "format/block_scanner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "format/block_reader.h"
#include "format/constants.h"
#include "format/errors.h"

namespace pgbale {
namespace {

constexpr uint64_t kWindowOctets = 1 << 20;

absl::Status CutOff(absl::string_view message) {
  return MakeError(Failure::kIncomplete, message);
}

}  // namespace

absl::StatusOr<std::optional<ScannedBlock>> BlockScanner::Next() {
  if (next_position_ == source_.size()) return std::nullopt;
  ASSIGN_OR_RETURN(std::optional<ScannedBlock> block, ReadAt(next_position_));
  if (!block.has_value()) {
    ASSIGN_OR_RETURN(block, Search(search_from_));
    ReportGap(block);
  }
  if (!block.has_value()) {
    next_position_ = source_.size();
    return std::nullopt;
  }
  CheckPlace(*block);
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
                               source_.size() - next_position_,
                               " octets to the end")));
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
  cut_off_ = next_position_ > source_.size();
  if (!cut_off_) return;
  block.usable = false;
  damages_.push_back(
      {block.position,
       Annotate(CutOff("its payload goes beyond the end"), header.Name())});
  // A header may follow nevertheless: of a later block, if it was octets of
  // this payload that got lost.
  next_position_ = search_from_;
}

absl::StatusOr<std::optional<ScannedBlock>> BlockScanner::ReadAt(
    uint64_t position) {
  ScannedBlock block;
  block.position = position;
  if (source_.size() - position < BlockHeader::kSize) return std::nullopt;
  RETURN_IF_ERROR(source_.ReadAt(position, block.header.mutable_octets()));
  if (!block.header.CheckIntact().ok()) return std::nullopt;
  return block;
}

absl::StatusOr<std::optional<ScannedBlock>> BlockScanner::Search(
    uint64_t from) {
  Buffer window;
  while (source_.size() - from >= BlockHeader::kSize) {
    window.resize(std::min(kWindowOctets, source_.size() - from));
    RETURN_IF_ERROR(source_.ReadAt(from, MutableBytes(window)));
    for (auto found = window.begin();; ++found) {
      found = std::search(found, window.end(), kSignature.begin(),
                          kSignature.end());
      if (found == window.end()) break;
      const uint64_t position =
          from + static_cast<uint64_t>(found - window.begin());
      ASSIGN_OR_RETURN(std::optional<ScannedBlock> block, ReadAt(position));
      if (block.has_value() &&
          block->header.archive_id() ==
              archive_id_.value_or(block->header.archive_id()))
        return block;
    }
    // A signature may lie across the end of the window.
    from += window.size() - (kSignature.size() - 1);
  }
  return std::nullopt;
}

}  // namespace pgbale
