#include "format/footer.h"

#include "base/endian.h"
#include "format/errors.h"

namespace pgbale {

// Representation, all integers little-endian:
//    0  8  position of the first DIRECTORY block
//    8  8  its ordinal
//   16  8  chunks
//   24  8  rows
//   32  8  raw octets
//   40  8  stored octets of the chunks, headers included
//   48  4  entries
//   52  4  zero
//   56  8  chain

Buffer EncodeFooter(const Footer& footer) {
  Buffer payload;
  payload.reserve(Footer::kPayloadOctets);
  AppendLittle(payload, footer.directory_position);
  AppendLittle(payload, footer.directory_ordinal);
  AppendLittle(payload, footer.chunks);
  AppendLittle(payload, footer.rows);
  AppendLittle(payload, footer.raw_octets);
  AppendLittle(payload, footer.stored_octets);
  AppendLittle(payload, footer.entries);
  AppendLittle(payload, uint32_t{0});
  AppendLittle(payload, footer.chain);
  return payload;
}

absl::StatusOr<Footer> DecodeFooter(Bytes payload) {
  if (payload.size() != Footer::kPayloadOctets)
    return Damaged("the payload is of the wrong size");
  const uint8_t* const p = payload.data();
  if (LoadLittle<uint32_t>(p + 52) != 0)
    return Damaged("reserved octets are not zero");
  return Footer{.directory_position = LoadLittle<uint64_t>(p),
                .directory_ordinal = LoadLittle<uint64_t>(p + 8),
                .chunks = LoadLittle<uint64_t>(p + 16),
                .rows = LoadLittle<uint64_t>(p + 24),
                .raw_octets = LoadLittle<uint64_t>(p + 32),
                .stored_octets = LoadLittle<uint64_t>(p + 40),
                .entries = LoadLittle<uint32_t>(p + 48),
                .chain = LoadLittle<uint64_t>(p + 56)};
}

}  // namespace pgbale
