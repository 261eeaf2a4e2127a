#include "format/block_reader.h"

#include "absl/strings/str_cat.h"
#include "format/errors.h"
#include "format/pack.h"

namespace pgbale {

std::string BlockName(uint64_t ordinal, uint64_t position) {
  return absl::StrCat("block ", ordinal, " at position ", position);
}

absl::StatusOr<BlockHeader> BlockReader::ReadHeader(uint64_t ordinal,
                                                    uint64_t position) const {
  absl::StatusOr<BlockHeader> header = ReadChecked(ordinal, position);
  if (header.ok()) return header;
  return Annotate(header.status(), BlockName(ordinal, position));
}

absl::StatusOr<BlockHeader> BlockReader::ReadChecked(uint64_t ordinal,
                                                     uint64_t position) const {
  if (position > source_.size() ||
      source_.size() - position < BlockHeader::kSize)
    return Damaged("it lies beyond the end");
  BlockHeader header;
  RETURN_IF_ERROR(source_.ReadAt(position, header.mutable_octets()));
  RETURN_IF_ERROR(header.CheckIntact());
  RETURN_IF_ERROR(header.CheckPlace(archive_id_, ordinal, position));
  RETURN_IF_ERROR(header.CheckUnderstood());
  return header;
}

absl::StatusOr<Buffer> BlockReader::ReadPayload(
    const BlockHeader& header) const {
  absl::StatusOr<Buffer> payload = ReadCheckedPayload(header);
  if (payload.ok()) return payload;
  return Annotate(payload.status(), header.Name());
}

absl::StatusOr<Buffer> BlockReader::ReadCheckedPayload(
    const BlockHeader& header) const {
  const uint64_t start = header.position() + BlockHeader::kSize;
  if (header.payload_octets() > source_.size() - start)
    return Damaged("its payload goes beyond the end");
  Buffer payload(header.payload_octets());
  RETURN_IF_ERROR(source_.ReadAt(start, MutableBytes(payload)));
  RETURN_IF_ERROR(header.CheckPayload(payload));
  return payload;
}

absl::StatusOr<Buffer> BlockReader::ReadPacked(
    const BlockHeader& header) const {
  ASSIGN_OR_RETURN(const Buffer payload, ReadPayload(header));
  absl::StatusOr<Buffer> raw = Unpack(payload);
  if (raw.ok()) return raw;
  return Annotate(raw.status(), header.Name());
}

}  // namespace pgbale
