#include "format/archive_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "format/archive_info_codec.h"
#include "format/block_reader.h"
#include "format/chunk.h"
#include "format/chunk_head.h"
#include "format/constants.h"
#include "format/directory_codec.h"
#include "format/entry_codec.h"
#include "format/errors.h"
#include "format/foreign.h"
#include "format/pack.h"

namespace pgbale {
namespace {

absl::Status Incomplete(absl::string_view message) {
  return WithHint(MakeError(Failure::kIncomplete, message),
                  "The dump that writes the stream failed, or was cut off: see "
                  "its own messages.");
}

TableTotals* FindTotals(Directory& directory, uint32_t entry_id) {
  const auto found =
      std::lower_bound(directory.tables.begin(), directory.tables.end(),
                       entry_id, [](const TableTotals& table, uint32_t id) {
                         return table.entry_id < id;
                       });
  if (found == directory.tables.end() || found->entry_id != entry_id)
    return nullptr;
  return &*found;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArchiveStream>> ArchiveStream::Open(
    std::unique_ptr<ForwardSource> source) {
  std::unique_ptr<ArchiveStream> stream(new ArchiveStream(std::move(source)));
  absl::Status status = stream->ReadFirst();
  if (status.ok()) status = stream->ReadEntries();
  if (!status.ok()) return stream->AtSource(status);
  return stream;
}

absl::Status ArchiveStream::ReadFirst() {
  Buffer front(kForeignOctets);
  ASSIGN_OR_RETURN(const size_t got, source_->ReadUpTo(0, MutableBytes(front)));
  front.resize(got);
  BlockHeader header;
  const size_t seen = std::min(got, BlockHeader::kSize);
  std::copy_n(front.begin(), seen, header.mutable_octets().begin());
  if (!header.HasSignature()) return ForeignError(front);
  archive_id_ = header.archive_id();
  ASSIGN_OR_RETURN(const Block block, ReadBlock());
  if (!block.header.is(BlockKind::kHeader))
    return Annotate(Damaged("the first block is no header"),
                    block.header.Name());
  absl::StatusOr<ArchiveInfo> info = DecodeHeaderPayload(block.payload);
  if (!info.ok()) return Annotate(info.status(), block.header.Name());
  info_ = *std::move(info);
  return absl::OkStatus();
}

absl::Status ArchiveStream::ReadEntries() {
  while (true) {
    entries_end_ = position_;
    ASSIGN_OR_RETURN(Block block, ReadBlock());
    if (!block.header.is(BlockKind::kEntries)) {
      if (!BlockKindIsKnown(block.header.kind())) continue;
      pending_ = std::move(block);
      break;
    }
    absl::StatusOr<Buffer> raw = Unpack(block.payload);
    absl::Status status = raw.status();
    if (status.ok()) status = DecodeEntries(*raw, entries_);
    RETURN_IF_ERROR(Annotate(status, block.header.Name()));
  }
  directory_.tables = ZeroTotals(entries_);
  return CheckParents(entries_);
}

absl::StatusOr<ArchiveStream::Block> ArchiveStream::ReadBlock() {
  source_->Release(position_);
  absl::StatusOr<BlockHeader> header = ReadHeader();
  if (!header.ok())
    return Annotate(header.status(), BlockName(ordinal_, position_));
  absl::StatusOr<Buffer> payload = ReadPayload(*header);
  if (!payload.ok())
    return AtTable(Annotate(payload.status(), header->Name()),
                   header->entry_id());
  position_ += header->block_octets();
  ++ordinal_;
  if (!header->is(BlockKind::kFooter)) chain_ = ExtendChain(chain_, *header);
  return Block{*header, *std::move(payload)};
}

absl::StatusOr<BlockHeader> ArchiveStream::ReadHeader() {
  BlockHeader header;
  ASSIGN_OR_RETURN(const size_t got,
                   source_->ReadUpTo(position_, header.mutable_octets()));
  if (got == 0) return Incomplete("it ends without a footer");
  if (got < BlockHeader::kSize)
    return Incomplete("it ends inside the header of a block");
  RETURN_IF_ERROR(header.CheckIntact());
  RETURN_IF_ERROR(header.CheckPlace(archive_id_, ordinal_, position_));
  RETURN_IF_ERROR(header.CheckUnderstood());
  return header;
}

absl::StatusOr<Buffer> ArchiveStream::ReadPayload(const BlockHeader& header) {
  const uint64_t octets = header.payload_octets();
  if (header.is(BlockKind::kHeader) && octets > kHeaderPayloadOctetsMax)
    return Damaged("it is above its limit");
  const uint64_t begin = position_ + BlockHeader::kSize;
  // Memory is taken when all of it has come.
  uint8_t last = 0;
  ASSIGN_OR_RETURN(
      const size_t whole,
      source_->ReadUpTo(begin + octets - 1, absl::MakeSpan(&last, 1)));
  if (whole == 0) return Incomplete("it ends inside the block");
  Buffer payload(octets);
  ASSIGN_OR_RETURN(const size_t got,
                   source_->ReadUpTo(begin, MutableBytes(payload)));
  payload.resize(got);
  RETURN_IF_ERROR(header.CheckPayload(payload));
  return payload;
}

absl::StatusOr<std::optional<StreamedChunk>> ArchiveStream::Next() {
  absl::StatusOr<std::optional<StreamedChunk>> chunk = TakeNext();
  return chunk.ok() ? std::move(chunk) : AtSource(chunk.status());
}

absl::StatusOr<std::optional<StreamedChunk>> ArchiveStream::TakeNext() {
  while (true) {
    Block block;
    if (pending_.has_value()) {
      block = *std::exchange(pending_, std::nullopt);
    } else {
      ASSIGN_OR_RETURN(block, ReadBlock());
    }
    const BlockHeader header = block.header;
    absl::Status status;
    if (header.is(BlockKind::kChunk)) {
      absl::StatusOr<StreamedChunk> chunk = TakeChunk(std::move(block));
      if (chunk.ok()) return std::optional(*std::move(chunk));
      status = chunk.status();
    } else if (header.is(BlockKind::kDirectory)) {
      status = TakeDirectory(block);
    } else if (header.is(BlockKind::kFooter)) {
      status = TakeFooter(block);
      if (status.ok()) return std::optional<StreamedChunk>();
    } else if (BlockKindIsKnown(header.kind())) {
      status = Damaged("it stands behind the entries");
    }
    if (!status.ok())
      return AtTable(Annotate(status, header.Name()), header.entry_id());
  }
}

absl::StatusOr<StreamedChunk> ArchiveStream::TakeChunk(Block block) {
  if (first_directory_.has_value())
    return Damaged("it stands behind the directory");
  const uint32_t entry_id = block.header.entry_id();
  TableTotals* const totals = FindTotals(directory_, entry_id);
  if (totals == nullptr)
    return Damaged(absl::StrCat("entry ", entry_id, " has no data"));
  ASSIGN_OR_RETURN(const ChunkFront front, DecodeChunkFront(block.payload));
  const ChunkRef ref{.entry_id = entry_id,
                     .ordinal = block.header.ordinal(),
                     .position = block.header.position(),
                     .stored_bytes = block.header.block_octets(),
                     .rows = front.head.rows,
                     .raw_bytes = front.head.raw_octets,
                     .head_hash = front.hash,
                     .place = front.head.place};
  directory_.chunks.push_back(ref);
  totals->rows += ref.rows;
  totals->raw_bytes += ref.raw_bytes;
  totals->stored_bytes += ref.stored_bytes;
  totals->chunks += 1;
  totals->digest += front.head.digest;
  return StreamedChunk{ref, std::move(block.payload)};
}

absl::Status ArchiveStream::TakeDirectory(const Block& block) {
  if (!first_directory_.has_value()) first_directory_ = block.header;
  ASSIGN_OR_RETURN(const Buffer raw, Unpack(block.payload));
  return DecodeDirectory(raw, directory_.chunks.size(), stated_);
}

absl::Status ArchiveStream::TakeFooter(const Block& block) {
  ASSIGN_OR_RETURN(const Footer footer, DecodeFooter(block.payload));
  RETURN_IF_ERROR(CheckEnd(footer));
  uint8_t next = 0;
  ASSIGN_OR_RETURN(const size_t more,
                   source_->ReadUpTo(position_, absl::MakeSpan(&next, 1)));
  return more == 0 ? absl::OkStatus() : Damaged("octets follow the footer");
}

absl::Status ArchiveStream::CheckEnd(const Footer& footer) {
  if (!first_directory_.has_value() || footer.entries != entries_.size() ||
      footer.directory_position != first_directory_->position() ||
      footer.directory_ordinal != first_directory_->ordinal() ||
      footer.chain != chain_)
    return Damaged("it does not fit the blocks before it");
  RETURN_IF_ERROR(Annotate(
      CheckDirectory(stated_, entries_, footer, entries_end_), "directory"));
  bool same = stated_.chunks.size() == directory_.chunks.size();
  for (size_t i = 0; same && i < stated_.chunks.size(); ++i)
    same = stated_.chunks[i].Describes(directory_.chunks[i]);
  for (size_t i = 0; same && i < stated_.tables.size(); ++i) {
    same = stated_.tables[i].entry_id == directory_.tables[i].entry_id &&
           stated_.tables[i].digest == directory_.tables[i].digest;
  }
  if (!same) return Damaged("the directory is not that of the chunks");
  directory_ = std::move(stated_);
  return absl::OkStatus();
}

absl::StatusOr<RowBatch> ArchiveStream::Decode(
    const StreamedChunk& chunk) const {
  const Entry& entry = entries_[chunk.ref.entry_id - 1];
  absl::StatusOr<RowBatch> batch =
      DecodeChunk(chunk.payload, WidthsOf(*entry.data));
  if (batch.ok()) return batch;
  const std::string place =
      absl::StrCat("chunk ", BlockName(chunk.ref.ordinal, chunk.ref.position));
  return AtSource(AtTable(Annotate(batch.status(), place), chunk.ref.entry_id));
}

absl::Status ArchiveStream::AtTable(const absl::Status& status,
                                    uint32_t entry_id) const {
  const bool named = entry_id != 0 && entry_id <= entries_.size() &&
                     entries_[entry_id - 1].data.has_value();
  return named ? Annotate(status, DataName(entries_[entry_id - 1])) : status;
}

absl::Status ArchiveStream::AtSource(const absl::Status& status) const {
  return Annotate(status, Quoted(source_->name()));
}

}  // namespace pgbale
