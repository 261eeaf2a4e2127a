// A block: the header of 64 octets that names, places and checks its payload,
// then the payload. An archive is nothing but blocks, one behind the other.
//
// Thread-compatible.

#ifndef PGBALE_FORMAT_BLOCK_H_
#define PGBALE_FORMAT_BLOCK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "format/constants.h"

namespace pgbale {

class BlockHeader {
 public:
  static constexpr size_t kSize = 64;

  struct Fields {
    BlockKind kind;
    uint32_t entry_id = 0;  // of a chunk: the table; else 0
    uint64_t archive_id = 0;
    uint64_t ordinal = 0;
    uint64_t position = 0;
    uint64_t payload_octets = 0;
    uint64_t payload_hash = 0;
  };

  // All zeros, to be read into.
  BlockHeader() = default;
  // Complete, with its own hash.
  explicit BlockHeader(const Fields& fields);

  uint16_t kind() const { return Load<uint16_t>(8); }
  uint16_t flags() const { return Load<uint16_t>(10); }
  uint32_t entry_id() const { return Load<uint32_t>(12); }
  uint64_t archive_id() const { return Load<uint64_t>(16); }
  uint64_t ordinal() const { return Load<uint64_t>(24); }
  uint64_t position() const { return Load<uint64_t>(32); }
  uint64_t payload_octets() const { return Load<uint64_t>(40); }
  uint64_t payload_hash() const { return Load<uint64_t>(48); }
  uint64_t hash() const { return Load<uint64_t>(56); }

  bool is(BlockKind kind_wanted) const {
    return kind() == static_cast<uint16_t>(kind_wanted);
  }
  // Header and payload.
  uint64_t block_octets() const { return kSize + payload_octets(); }

  Bytes octets() const { return octets_; }
  MutableBytes mutable_octets() { return MutableBytes(octets_); }

  bool HasSignature() const;
  // kDamaged unless signature and hash are right, the payload is within its
  // limit, and only a chunk names an entry. Until then no field can be
  // trusted.
  absl::Status CheckIntact() const;
  // kError if a reader of this version must not go on: an unknown flag to be
  // understood, or such a kind.
  // REQUIRES: CheckIntact()
  absl::Status CheckUnderstood() const;
  // kDamaged unless this is block `ordinal` of archive `archive_id`, made to
  // stand at `position`.
  absl::Status CheckPlace(uint64_t archive_id, uint64_t ordinal,
                          uint64_t position) const;
  // kDamaged unless `payload` is what this header was made for.
  absl::Status CheckPayload(Bytes payload) const;

  // For messages: `chunk block 12 at position 3456`.
  std::string Name() const;

 private:
  template <typename T>
  T Load(size_t offset) const {
    return LoadLittle<T>(octets_.data() + offset);
  }

  // Representation, all integers little-endian:
  //    0  8  signature 89 42 41 4C 45 0D 0A 1A
  //    8  2  kind
  //   10  2  flags
  //   12  4  entry id
  //   16  8  archive id
  //   24  8  ordinal, 0 for the first block
  //   32  8  position of this header in the archive
  //   40  8  octets of the payload, which follows
  //   48  8  XXH3-64 of the payload
  //   56  8  XXH3-64 of octets 0 … 55
  std::array<uint8_t, kSize> octets_{};
};

bool BlockKindIsKnown(uint16_t kind);
// The name of a kind in messages: "chunk"; "unknown" for what is none.
absl::string_view BlockKindName(uint16_t kind);

// What the footer says of all blocks before it: their headers' hashes, one
// after another, in one number. Starts as 0.
uint64_t ExtendChain(uint64_t chain, const BlockHeader& header);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_BLOCK_H_
