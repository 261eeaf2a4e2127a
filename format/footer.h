// The last block: where the directory is, and what must have come before. An
// archive without it is incomplete.
//
// Plain data and pure functions; any thread.

#ifndef PGBALE_FORMAT_FOOTER_H_
#define PGBALE_FORMAT_FOOTER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/block.h"

namespace pgbale {

struct Footer {
  static constexpr size_t kPayloadOctets = 64;
  // A reader begins this far before the end.
  static constexpr size_t kBlockOctets = BlockHeader::kSize + kPayloadOctets;

  // Of the first DIRECTORY block.
  uint64_t directory_position = 0;
  uint64_t directory_ordinal = 0;
  // All chunks together.
  uint64_t chunks = 0;
  uint64_t rows = 0;
  uint64_t raw_octets = 0;
  uint64_t stored_octets = 0;
  uint32_t entries = 0;
  // Over the headers of all blocks before (ExtendChain).
  uint64_t chain = 0;

  bool operator==(const Footer&) const = default;
};

Buffer EncodeFooter(const Footer& footer);
absl::StatusOr<Footer> DecodeFooter(Bytes payload);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_FOOTER_H_
