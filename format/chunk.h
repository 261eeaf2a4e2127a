// A RowBatch as the payload of one block: each column encoded, compressed and
// placed on its own.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_CHUNK_H_
#define PGBALE_FORMAT_CHUNK_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/chunk_head.h"
#include "format/digest.h"
#include "format/encodings/encoding.h"
#include "format/entry.h"
#include "format/row_batch.h"

namespace pgbale {

struct ChunkOptions {
  // zstd's level, 1 … 19; 0 stores the columns uncompressed.
  int level = 1;
};

// A chunk ready to be appended.
struct EncodedChunk {
  Buffer payload;
  uint32_t rows = 0;
  uint64_t raw_bytes = 0;
  Digest digest;
  // What DecodeChunk will allocate for the columns.
  uint64_t decoded_bytes = 0;
  // Of its head (format/chunk_head.h), for the directory; 0: not given.
  uint64_t head_hash = 0;
  uint64_t place = 0;  // RowBatch::place
};

// What the values of a column mean.
struct ColumnMeaning {
  uint32_t type_oid = 0;  // of a built-in type; 0: not known
  WireFormat format = WireFormat::kBinary;
};

// How the columns of a table's chunks are encoded, from one to the next: to
// choose anew for each chunk would cost as much as to encode it. Serves tables
// whose columns have the same widths and meanings.
//
// One thread at a time.
struct ChunkPlan {
  // Of each column; empty: not known, so that values are only octets.
  std::vector<ColumnMeaning> meanings = {};
  std::vector<EncodingPlan> columns = {};
  // Of each column: 1 if its text did not fit its type.
  std::vector<uint8_t> is_untyped = {};
  uint32_t choices = 0;         // so far
  uint32_t chunks_left = 0;     // that are encoded before the next choice
  uint32_t chunks_between = 0;  // the last choice and the next
  uint32_t chosen_from = 0;     // rows; 0: any chunk
};

// For the chunks of a table of which nothing was encoded yet.
ChunkPlan PlanFor(const TableData& data);

// A batch beyond the limits of docs/format.md is encoded like any other; the
// archive's writer refuses it.
EncodedChunk EncodeChunk(const RowBatch& batch, const ChunkOptions& options);
// Likewise, as `plan` says; it is renewed now and then.
EncodedChunk EncodeChunk(const RowBatch& batch, const ChunkOptions& options,
                         ChunkPlan& plan);

// Rebuilds the batch. `widths` are those of the entry's columns; a payload
// that does not fit them, or itself, is kDamaged. Nothing is allocated before
// its size was checked against the limits of docs/format.md and the octets
// left.
absl::StatusOr<RowBatch> DecodeChunk(Bytes payload,
                                     absl::Span<const uint32_t> widths);

// Likewise, but what is stored in the binary form of its type comes so, though
// the entry is in text: to be sent in binary.
struct TypedRows {
  RowBatch batch;  // its totals are those of the entry's form
  // Of each column: the type whose binary form its values have; 0: they are in
  // the entry's form. May differ from chunk to chunk.
  std::vector<uint32_t> type_oids;
};
absl::StatusOr<TypedRows> DecodeTypedChunk(Bytes payload,
                                           absl::Span<const uint32_t> widths);

// Rebuilds one column of `rows` rows, which `head` describes, from its streams:
// `streams` begins with them. They are not compared with their hash. `width` is
// that of the entry's column.
// REQUIRES: `head` is of a decoded ChunkHead
absl::StatusOr<Column> DecodeColumn(uint32_t rows, const ColumnHead& head,
                                    Bytes streams, uint32_t width);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CHUNK_H_
