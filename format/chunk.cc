#include "format/chunk.h"

#include <bit>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "format/chunk_head.h"
#include "format/encodings/encoding.h"
#include "format/errors.h"
#include "format/scratch.h"
#include "format/stream.h"

namespace pgbale {
namespace {

// Choosing takes about as long as encoding a chunk, and data drift slowly.
constexpr uint32_t kChunksAPlan = 32;

size_t NullBitOctets(uint32_t rows) { return (size_t{rows} + 7) / 8; }

// A column without NULLs, or of nothing else, needs no bits to tell.
bool HasNullStream(uint32_t rows, uint32_t nulls) {
  return nulls != 0 && nulls != rows;
}

ColumnHead EncodeColumn(const Column& column, int level, EncodingPlan& plan,
                        Buffer& body) {
  StreamWriter out(level, body);
  const StreamWriter::Mark start = out.mark();
  const auto encode = [&] {
    if (HasNullStream(column.rows(), column.nulls()))
      out.Append(column.null_bits());
    EncodeValues(column, plan, out);
  };
  encode();
  if (out.streams().size() > kStreamsAColumnMax) {
    out.TakeBack(start);
    plan = SimplePlan(column);
    encode();
  }
  return {.encoding = plan.id,
          .width = column.width(),
          .nulls = column.nulls(),
          .value_octets = column.width() == 0 ? column.values().size() : 0,
          .streams = out.streams()};
}

uint64_t DecodedOctets(const Column& column) {
  return column.null_bits().size() + column.values().size() +
         column.lengths().size() * sizeof(uint32_t);
}

// Where all rows are NULL.
Buffer AllOnes(uint32_t rows) {
  Buffer bits(NullBitOctets(rows), 0xff);
  if (rows % 8 != 0) bits.back() = static_cast<uint8_t>((1u << rows % 8) - 1);
  return bits;
}

absl::StatusOr<Buffer> DecodeNullBits(uint32_t rows, uint32_t nulls,
                                      StreamReader& in) {
  if (nulls == 0) return Buffer();
  if (!HasNullStream(rows, nulls)) return AllOnes(rows);
  ASSIGN_OR_RETURN(Buffer bits, in.Read(NullBitOctets(rows)));
  if (rows % 8 != 0 && bits.back() >> (rows % 8) != 0)
    return Damaged("NULLs are marked behind the last row");
  const uint64_t ones = std::accumulate(
      bits.begin(), bits.end(), uint64_t{0},
      [](uint64_t sum, uint8_t octet) { return sum + std::popcount(octet); });
  if (ones != nulls)
    return Damaged(absl::StrCat(ones, " NULLs are marked instead of ", nulls));
  return bits;
}

absl::Status DecodeColumn(uint32_t rows, const ColumnHead& head, Bytes body,
                          Column& column) {
  if (head.width != column.width()) {
    return Damaged(absl::StrCat("the width is ", head.width, " instead of ",
                                column.width()));
  }
  StreamReader in(head.streams, body);
  ASSIGN_OR_RETURN(Buffer null_bits, DecodeNullBits(rows, head.nulls, in));
  const uint32_t count = rows - head.nulls;
  const ColumnShape shape{.width = head.width,
                          .count = count,
                          .value_octets = head.width == 0
                                              ? head.value_octets
                                              : uint64_t{head.width} * count};
  ASSIGN_OR_RETURN(ColumnValues values, DecodeValues(head.encoding, shape, in));
  RETURN_IF_ERROR(in.Finish());
  column.Assign(rows, head.nulls, std::move(null_bits),
                std::move(values.values), std::move(values.lengths));
  return absl::OkStatus();
}

}  // namespace

EncodedChunk EncodeChunk(const RowBatch& batch, const ChunkOptions& options) {
  ChunkPlan plan;
  return EncodeChunk(batch, options, plan);
}

EncodedChunk EncodeChunk(const RowBatch& batch, const ChunkOptions& options,
                         ChunkPlan& plan) {
  if (plan.chunks++ % kChunksAPlan == 0) plan.columns.clear();
  plan.columns.resize(batch.columns().size());
  ChunkHead head{.rows = batch.rows(),
                 .raw_octets = batch.raw_bytes(),
                 .digest = batch.digest(),
                 .columns = {}};
  EncodedChunk chunk{.payload = {},
                     .rows = batch.rows(),
                     .raw_bytes = batch.raw_bytes(),
                     .digest = batch.digest()};
  Scratch body;
  for (size_t i = 0; i < batch.columns().size(); ++i) {
    const Column& column = batch.columns()[i];
    head.columns.push_back(
        EncodeColumn(column, options.level, plan.columns[i], *body));
    chunk.decoded_bytes += DecodedOctets(column);
  }
  EncodeChunkHead(head, chunk.payload);
  Append(chunk.payload, *body);
  return chunk;
}

absl::StatusOr<RowBatch> DecodeChunk(Bytes payload,
                                     absl::Span<const uint32_t> widths) {
  ASSIGN_OR_RETURN(SplitChunk chunk, DecodeChunkHead(payload));
  const ChunkHead& head = chunk.head;
  if (head.columns.size() != widths.size()) {
    return Damaged(absl::StrCat("the chunk has ", head.columns.size(),
                                " columns instead of ", widths.size()));
  }
  RowBatch batch(widths);
  for (size_t i = 0; i < widths.size(); ++i) {
    RETURN_IF_ERROR(Annotate(DecodeColumn(head.rows, head.columns[i],
                                          chunk.body, batch.columns()[i]),
                             absl::StrCat("column ", i + 1)));
    chunk.body.remove_prefix(head.columns[i].stored_octets());
  }
  batch.SetTotals(head.rows, head.raw_octets, head.digest);
  return batch;
}

}  // namespace pgbale
