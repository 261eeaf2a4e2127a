// What stands at the front of a chunk: what it holds, and where each column
// is.
//
// Plain data and pure functions; any thread.

#ifndef PGBALE_FORMAT_CHUNK_HEAD_H_
#define PGBALE_FORMAT_CHUNK_HEAD_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/digest.h"
#include "format/stream.h"

namespace pgbale {

struct ColumnHead {
  uint32_t encoding = 0;  // format/encodings/encodings.def
  uint32_t width = 0;     // octets of each value; 0: they vary
  uint32_t nulls = 0;
  // Of all values, if width == 0; else 0, as it follows from the count.
  uint64_t value_octets = 0;
  std::vector<StreamInfo> streams;

  uint64_t stored_octets() const;
};

struct ChunkHead {
  uint32_t rows = 0;
  uint64_t raw_octets = 0;
  Digest digest;
  std::vector<ColumnHead> columns;
};

// Appends the head, and its length before it.
void EncodeChunkHead(const ChunkHead& head, Buffer& out);

// A head and the octets of its streams, which lie in the payload.
struct SplitChunk {
  ChunkHead head;
  Bytes body;
};

// Takes the head off the front of a chunk's payload. kDamaged unless all of
// its numbers are within the limits, agree with each other, and account for
// every octet of `payload`: what it says can be allocated, and each stream's
// stored octets are there.
absl::StatusOr<SplitChunk> DecodeChunkHead(Bytes payload);

// Likewise, of a payload of `payload_octets` whose first octets are `front`;
// nullopt if the head is longer than that. The streams need not be there.
absl::StatusOr<std::optional<ChunkHead>> DecodeChunkFront(
    Bytes front, uint64_t payload_octets);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CHUNK_HEAD_H_
