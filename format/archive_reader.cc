#include "format/archive_reader.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "format/archive_info_codec.h"
#include "format/block_reader.h"
#include "format/chunk.h"
#include "format/constants.h"
#include "format/directory_codec.h"
#include "format/entry_codec.h"
#include "format/errors.h"
#include "format/foreign.h"

namespace pgbale {
namespace {

absl::Status Incomplete(absl::string_view message) {
  return WithHint(MakeError(Failure::kIncomplete, message),
                  "The dump did not finish, or the file was cut: \"pgbale "
                  "verify\" tells what is left of it.");
}

std::string FileName(const Source& source) { return Quoted(source.name()); }

absl::Status CheckAgainst(const ChunkRef& ref, uint32_t rows,
                          uint64_t raw_bytes, uint64_t place) {
  if (rows != ref.rows || raw_bytes != ref.raw_bytes)
    return Damaged(absl::StrCat("it has ", rows,
                                " rows, and the directory says ", ref.rows));
  if (place == ref.place) return absl::OkStatus();
  return Damaged(absl::StrCat("its place is ", place,
                              ", and the directory says ", ref.place));
}

bool EachHasAHash(const ChunkHead& head, absl::Span<const size_t> columns) {
  return absl::c_all_of(
      columns, [&](size_t index) { return head.columns[index].hash != 0; });
}

RowBatch Pick(absl::Span<const size_t> columns, RowBatch batch) {
  RowBatch picked(std::vector<uint32_t>(columns.size()));
  for (size_t i = 0; i < columns.size(); ++i)
    picked.columns()[i] = batch.columns()[columns[i]];
  picked.SetTotals(batch.rows(), batch.raw_bytes(), batch.digest());
  picked.set_place(batch.place());
  return picked;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(
    std::unique_ptr<Source> source) {
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(std::move(source)));
  if (absl::Status status = reader->ReadAll(); !status.ok())
    return Annotate(status, FileName(*reader->source_));
  return reader;
}

absl::Status ArchiveReader::ReadAll() {
  ASSIGN_OR_RETURN(const BlockHeader first, ReadFirstHeader());
  ASSIGN_OR_RETURN(const BlockHeader footer_header, ReadFooter());
  ASSIGN_OR_RETURN(const uint64_t begin, ReadEntries(first.block_octets()));
  RETURN_IF_ERROR(ReadDirectory(footer_header));
  return Annotate(CheckDirectory(directory_, entries_, footer_, begin),
                  "directory");
}

absl::StatusOr<BlockHeader> ArchiveReader::ReadFirstHeader() {
  Buffer front(std::min<uint64_t>(source_->size(), kForeignOctets));
  RETURN_IF_ERROR(source_->ReadAt(0, MutableBytes(front)));
  BlockHeader header;
  const size_t seen = std::min(front.size(), BlockHeader::kSize);
  std::copy_n(front.begin(), seen, header.mutable_octets().begin());
  if (!header.HasSignature()) return ForeignError(front);
  if (seen < BlockHeader::kSize)
    return Incomplete("it ends inside its first block");
  RETURN_IF_ERROR(Annotate(header.CheckIntact(), BlockName(0, 0)));
  archive_id_ = header.archive_id();
  const BlockReader blocks(*source_, archive_id_);
  ASSIGN_OR_RETURN(header, blocks.ReadHeader(0, 0));
  if (!header.is(BlockKind::kHeader))
    return Annotate(Damaged("the first block is no header"), header.Name());
  if (header.payload_octets() > kHeaderPayloadOctetsMax)
    return Annotate(Damaged("it is above its limit"), header.Name());
  if (header.payload_octets() > source_->size() - BlockHeader::kSize)
    return Incomplete("it ends inside its first block");
  ASSIGN_OR_RETURN(const Buffer payload, blocks.ReadPayload(header));
  absl::StatusOr<ArchiveInfo> info = DecodeHeaderPayload(payload);
  if (!info.ok()) return Annotate(info.status(), header.Name());
  info_ = *std::move(info);
  return header;
}

absl::StatusOr<BlockHeader> ArchiveReader::ReadFooter() {
  if (source_->size() < Footer::kBlockOctets)
    return Incomplete("it ends without a footer");
  const uint64_t position = source_->size() - Footer::kBlockOctets;
  BlockHeader header;
  RETURN_IF_ERROR(source_->ReadAt(position, header.mutable_octets()));
  if (!header.HasSignature()) return Incomplete("it ends without a footer");
  // Its ordinal is what it says; the directory must lead up to it.
  const BlockReader blocks(*source_, archive_id_);
  ASSIGN_OR_RETURN(header, blocks.ReadHeader(header.ordinal(), position));
  if (!header.is(BlockKind::kFooter))
    return Incomplete("it ends without a footer");
  ASSIGN_OR_RETURN(const Buffer payload, blocks.ReadPayload(header));
  absl::StatusOr<Footer> footer = DecodeFooter(payload);
  if (!footer.ok()) return Annotate(footer.status(), header.Name());
  footer_ = *footer;
  if (footer_.directory_position >= position ||
      footer_.directory_ordinal >= header.ordinal() ||
      footer_.chunks > footer_.directory_position / BlockHeader::kSize)
    return Annotate(Damaged("its directory lies behind it"), header.Name());
  return header;
}

absl::StatusOr<uint64_t> ArchiveReader::ReadEntries(uint64_t position) {
  const BlockReader blocks(*source_, archive_id_);
  uint64_t ordinal = 1;
  while (entries_.size() < footer_.entries) {
    ASSIGN_OR_RETURN(const BlockHeader header,
                     blocks.ReadHeader(ordinal, position));
    if (header.is(BlockKind::kEntries)) {
      ASSIGN_OR_RETURN(const Buffer raw, blocks.ReadPacked(header));
      RETURN_IF_ERROR(Annotate(DecodeEntries(raw, entries_), header.Name()));
    } else if (BlockKindIsKnown(header.kind())) {
      return Annotate(
          Damaged(absl::StrCat(entries_.size(), " of ", footer_.entries,
                               " entries stand before it")),
          header.Name());
    }
    position += header.block_octets();
    ++ordinal;
  }
  if (entries_.size() != footer_.entries)
    return Damaged("there are more entries than the footer says");
  RETURN_IF_ERROR(CheckParents(entries_));
  return position;
}

absl::Status ArchiveReader::ReadDirectory(const BlockHeader& footer_header) {
  const BlockReader blocks(*source_, archive_id_);
  uint64_t position = footer_.directory_position;
  uint64_t ordinal = footer_.directory_ordinal;
  while (position < footer_header.position()) {
    ASSIGN_OR_RETURN(const BlockHeader header,
                     blocks.ReadHeader(ordinal, position));
    if (header.is(BlockKind::kDirectory)) {
      ASSIGN_OR_RETURN(const Buffer raw, blocks.ReadPacked(header));
      RETURN_IF_ERROR(Annotate(DecodeDirectory(raw, footer_.chunks, directory_),
                               header.Name()));
    } else if (BlockKindIsKnown(header.kind())) {
      return Annotate(Damaged("it stands in the directory"), header.Name());
    }
    position += header.block_octets();
    ++ordinal;
  }
  if (position != footer_header.position() ||
      ordinal != footer_header.ordinal())
    return Damaged("the directory does not lead up to the footer");
  return absl::OkStatus();
}

absl::StatusOr<RowBatch> ArchiveReader::ReadChunk(const ChunkRef& chunk) const {
  RETURN_IF_ERROR(CheckHasData(chunk));
  absl::StatusOr<RowBatch> batch = ReadChunkBlock(chunk);
  return batch.ok() ? std::move(batch) : AtChunk(batch.status(), chunk);
}

absl::Status ArchiveReader::CheckHasData(const ChunkRef& chunk) const {
  if (chunk.entry_id != 0 && chunk.entry_id <= entries_.size() &&
      entries_[chunk.entry_id - 1].data.has_value())
    return absl::OkStatus();
  return MakeError(Failure::kError,
                   absl::StrCat("entry ", chunk.entry_id, " has no data"));
}

absl::Status ArchiveReader::AtChunk(const absl::Status& status,
                                    const ChunkRef& chunk) const {
  return Annotate(Annotate(status, DataName(entries_[chunk.entry_id - 1])),
                  FileName(*source_));
}

absl::StatusOr<BlockHeader> ArchiveReader::ReadChunkHeader(
    const ChunkRef& chunk) const {
  const BlockReader blocks(*source_, archive_id_);
  ASSIGN_OR_RETURN(const BlockHeader header,
                   blocks.ReadHeader(chunk.ordinal, chunk.position));
  if (header.is(BlockKind::kChunk) && header.entry_id() == chunk.entry_id &&
      header.block_octets() == chunk.stored_bytes)
    return header;
  return Annotate(Damaged("it is not the chunk that the directory names"),
                  header.Name());
}

absl::StatusOr<RowBatch> ArchiveReader::ReadChunkBlock(
    const ChunkRef& chunk) const {
  ASSIGN_OR_RETURN(const BlockHeader header, ReadChunkHeader(chunk));
  const BlockReader blocks(*source_, archive_id_);
  ASSIGN_OR_RETURN(const Buffer payload, blocks.ReadPayload(header));
  absl::StatusOr<RowBatch> batch =
      DecodeChunk(payload, WidthsOf(*entries_[chunk.entry_id - 1].data));
  if (!batch.ok()) return Annotate(batch.status(), header.Name());
  RETURN_IF_ERROR(Annotate(
      CheckAgainst(chunk, batch->rows(), batch->raw_bytes(), batch->place()),
      header.Name()));
  return batch;
}

absl::StatusOr<ChunkHead> ArchiveReader::PeekChunkHead(
    const ChunkRef& chunk) const {
  RETURN_IF_ERROR(CheckHasData(chunk));
  absl::StatusOr<ChunkHead> head = ReadHeadOfBlock(chunk, /*must_prove=*/false);
  return head.ok() ? std::move(head) : AtChunk(head.status(), chunk);
}

absl::StatusOr<ChunkHead> ArchiveReader::ReadChunkHead(
    const ChunkRef& chunk) const {
  RETURN_IF_ERROR(CheckHasData(chunk));
  absl::StatusOr<ChunkHead> head = ReadHeadOfBlock(chunk, /*must_prove=*/true);
  return head.ok() ? std::move(head) : AtChunk(head.status(), chunk);
}

absl::StatusOr<ChunkHead> ArchiveReader::ReadHeadOfBlock(
    const ChunkRef& chunk, bool must_prove) const {
  ASSIGN_OR_RETURN(const BlockHeader header, ReadChunkHeader(chunk));
  if (must_prove && chunk.head_hash == 0) {
    const BlockReader blocks(*source_, archive_id_);
    RETURN_IF_ERROR(blocks.ReadPayload(header).status());
  }
  ASSIGN_OR_RETURN(ChunkFront front, ReadChunkFront(chunk, header));
  return std::move(front.head);
}

absl::StatusOr<ChunkFront> ArchiveReader::ReadChunkFront(
    const ChunkRef& chunk, const BlockHeader& header) const {
  const uint64_t payload = header.payload_octets();
  // Most heads are shorter than the first piece, all than the last.
  for (size_t octets : {size_t{4096}, sizeof(uint32_t) + kChunkHeadOctetsMax}) {
    Buffer octets_read(std::min<uint64_t>(octets, payload));
    RETURN_IF_ERROR(source_->ReadAt(header.position() + BlockHeader::kSize,
                                    MutableBytes(octets_read)));
    absl::StatusOr<std::optional<ChunkFront>> front =
        DecodeChunkFront(octets_read, payload, chunk.head_hash);
    if (!front.ok()) return Annotate(front.status(), header.Name());
    if (!front->has_value()) continue;
    const ChunkHead& head = (*front)->head;
    RETURN_IF_ERROR(
        Annotate(CheckAgainst(chunk, head.rows, head.raw_octets, head.place),
                 header.Name()));
    return **std::move(front);
  }
  return Annotate(Damaged("its head is too long"), header.Name());
}

absl::StatusOr<RowBatch> ArchiveReader::ReadColumns(
    const ChunkRef& chunk, absl::Span<const size_t> columns) const {
  RETURN_IF_ERROR(CheckHasData(chunk));
  const size_t count = entries_[chunk.entry_id - 1].data->columns.size();
  for (const size_t index : columns) {
    if (index < count) continue;
    return AtChunk(
        MakeError(Failure::kError, absl::StrCat("there is no column ",
                                                index + 1, ", it has ", count)),
        chunk);
  }
  absl::StatusOr<RowBatch> batch = ReadColumnsOfBlock(chunk, columns);
  return batch.ok() ? std::move(batch) : AtChunk(batch.status(), chunk);
}

absl::StatusOr<RowBatch> ArchiveReader::ReadColumnsOfBlock(
    const ChunkRef& chunk, absl::Span<const size_t> columns) const {
  ASSIGN_OR_RETURN(const BlockHeader header, ReadChunkHeader(chunk));
  ASSIGN_OR_RETURN(const ChunkFront front, ReadChunkFront(chunk, header));
  const std::vector<uint32_t> widths =
      WidthsOf(*entries_[chunk.entry_id - 1].data);
  if (front.head.columns.size() != widths.size())
    return Annotate(Damaged("its columns are not those of the table"),
                    header.Name());
  if (chunk.head_hash == 0 || !EachHasAHash(front.head, columns)) {
    ASSIGN_OR_RETURN(RowBatch whole, ReadChunkBlock(chunk));
    return Pick(columns, std::move(whole));
  }
  RowBatch batch(std::vector<uint32_t>(columns.size()));
  for (size_t i = 0; i < columns.size(); ++i) {
    absl::StatusOr<Column> column =
        ReadColumn(header, front, columns[i], widths[columns[i]]);
    if (!column.ok())
      return Annotate(
          Annotate(column.status(), absl::StrCat("column ", columns[i] + 1)),
          header.Name());
    batch.columns()[i] = *std::move(column);
  }
  batch.SetTotals(front.head.rows, front.head.raw_octets, front.head.digest);
  batch.set_place(front.head.place);
  return batch;
}

absl::StatusOr<Column> ArchiveReader::ReadColumn(const BlockHeader& header,
                                                 const ChunkFront& front,
                                                 size_t index,
                                                 uint32_t width) const {
  const ColumnHead& head = front.head.columns[index];
  // The streams lie within the payload, and that within the archive.
  Buffer streams(head.stored_octets());
  RETURN_IF_ERROR(source_->ReadAt(
      header.position() + BlockHeader::kSize + front.StreamsAt(index),
      MutableBytes(streams)));
  RETURN_IF_ERROR(CheckColumnHash(head, streams));
  return DecodeColumn(front.head.rows, head, streams, width);
}

}  // namespace pgbale
