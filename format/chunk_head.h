// What stands at the front of a chunk: what it holds, and where each column
// is.
//
// Plain data and pure functions; any thread.

#ifndef PGBALE_FORMAT_CHUNK_HEAD_H_
#define PGBALE_FORMAT_CHUNK_HEAD_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/digest.h"
#include "format/stream.h"
#include "format/value_range.h"

namespace pgbale {

// Of a column of text that is stored in the binary form of a type.
struct TypedText {
  uint32_t type_oid = 0;     // FindTypedType knows it
  uint64_t text_octets = 0;  // of all values together, as text
};

struct ColumnHead {
  uint32_t encoding = 0;  // format/encodings/encodings.def
  uint32_t width = 0;     // octets of each value as stored; 0: they vary
  uint32_t nulls = 0;
  // Of all values, if width == 0; else 0, as it follows from the count.
  uint64_t value_octets = 0;
  std::vector<StreamInfo> streams;
  // Of the stored octets of all streams; 0: not known, so that the column is
  // proven by the payload's hash only.
  uint64_t hash = 0;
  std::optional<TypedText> typed = {};
  // Of the values as they are stored; without one, nothing is known.
  std::optional<ValueRange> range = {};

  uint64_t stored_octets() const;
};

struct ChunkHead {
  uint32_t rows = 0;
  uint64_t raw_octets = 0;
  Digest digest;
  uint64_t place = 0;  // RowBatch::place
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

// OK if the streams of each column, one behind the other in `body`, have the
// hash that its head gives, if any; else kDamaged, naming the column.
absl::Status CheckColumnHashes(const ChunkHead& head, Bytes body);
// Likewise, of one column. REQUIRES: `streams` begins with its streams
absl::Status CheckColumnHash(const ColumnHead& column, Bytes streams);

// A head, and what proves it.
struct ChunkFront {
  ChunkHead head;
  uint64_t octets = 0;  // with its length before it: the streams follow
  uint64_t hash = 0;    // of these octets

  // Where the streams of column `index` begin in the payload.
  uint64_t StreamsAt(size_t index) const;
};

// Likewise, of a payload of `payload_octets` whose first octets are `front`;
// nullopt if the head is longer than that. The streams need not be there.
// kDamaged if it does not have the hash `known_hash`; 0: none is known.
absl::StatusOr<std::optional<ChunkFront>> DecodeChunkFront(
    Bytes front, uint64_t payload_octets, uint64_t known_hash);
// Likewise, where all of the payload is there.
absl::StatusOr<ChunkFront> DecodeChunkFront(Bytes payload);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CHUNK_HEAD_H_
