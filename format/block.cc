#include "format/block.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "format/checksum.h"
#include "format/errors.h"

namespace pgbale {
namespace {

constexpr size_t kHashedOctets = 56;
static_assert(kHashedOctets + sizeof(uint64_t) == BlockHeader::kSize,
              "the header's hash stands last");

}  // namespace

BlockHeader::BlockHeader(const Fields& fields) {
  uint8_t* const p = octets_.data();
  std::copy(kSignature.begin(), kSignature.end(), p);
  StoreLittle(p + 8, static_cast<uint16_t>(fields.kind));
  StoreLittle(p + 10, kFlagKindToUnderstand);
  StoreLittle(p + 12, fields.entry_id);
  StoreLittle(p + 16, fields.archive_id);
  StoreLittle(p + 24, fields.ordinal);
  StoreLittle(p + 32, fields.position);
  StoreLittle(p + 40, fields.payload_octets);
  StoreLittle(p + 48, fields.payload_hash);
  StoreLittle(p + 56, Hash64(octets().first(kHashedOctets)));
}

bool BlockHeader::HasSignature() const {
  return std::equal(kSignature.begin(), kSignature.end(), octets_.begin());
}

absl::Status BlockHeader::CheckIntact() const {
  if (!HasSignature()) return Damaged("no block header is found there");
  if (hash() != Hash64(octets().first(kHashedOctets)))
    return Damaged("the block header's checksum does not match");
  if (payload_octets() > kPayloadOctetsMax) {
    return Damaged(absl::StrCat("the payload of ", payload_octets(),
                                " octets is above the limit of ",
                                kPayloadOctetsMax));
  }
  if (entry_id() != 0 && BlockKindIsKnown(kind()) && !is(BlockKind::kChunk))
    return Damaged("the block names an entry but holds no rows");
  return absl::OkStatus();
}

absl::Status BlockHeader::CheckUnderstood() const {
  const int unknown_flags =
      flags() & kFlagsToUnderstand & ~int{kFlagKindToUnderstand};
  if (unknown_flags != 0) {
    return TooNew(absl::StrCat("the block has the unknown flags 0x",
                               absl::Hex(unknown_flags, absl::kZeroPad4)));
  }
  if ((flags() & kFlagKindToUnderstand) != 0 && !BlockKindIsKnown(kind()))
    return TooNew(absl::StrCat("the block is of the unknown kind ", kind()));
  return absl::OkStatus();
}

absl::Status BlockHeader::CheckPlace(uint64_t archive_id, uint64_t ordinal,
                                     uint64_t position) const {
  if (this->archive_id() != archive_id)
    return Damaged("the block belongs to another archive");
  if (this->ordinal() != ordinal) {
    return Damaged(absl::StrCat("block ", this->ordinal(),
                                " stands where block ", ordinal, " belongs"));
  }
  if (this->position() != position) {
    return Damaged(absl::StrCat("the block was written at position ",
                                this->position(), ", not at ", position));
  }
  return absl::OkStatus();
}

absl::Status BlockHeader::CheckPayload(Bytes payload) const {
  if (payload.size() != payload_octets() || Hash64(payload) != payload_hash())
    return Damaged("the payload's checksum does not match");
  return absl::OkStatus();
}

std::string BlockHeader::Name() const {
  return absl::StrCat(BlockKindName(kind()), " block ", ordinal(),
                      " at position ", position());
}

bool BlockKindIsKnown(uint16_t kind) {
  return kind >= static_cast<uint16_t>(BlockKind::kHeader) &&
         kind <= static_cast<uint16_t>(BlockKind::kFooter);
}

absl::string_view BlockKindName(uint16_t kind) {
  switch (static_cast<BlockKind>(kind)) {
    case BlockKind::kHeader:
      return "header";
    case BlockKind::kEntries:
      return "entries";
    case BlockKind::kChunk:
      return "chunk";
    case BlockKind::kDirectory:
      return "directory";
    case BlockKind::kFooter:
      return "footer";
  }
  return "unknown";
}

uint64_t ExtendChain(uint64_t chain, const BlockHeader& header) {
  uint8_t pair[16];
  StoreLittle(pair, chain);
  StoreLittle(pair + 8, header.hash());
  return Hash64(pair);
}

}  // namespace pgbale
