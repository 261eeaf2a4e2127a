#include "format/chunk.h"

#include <bit>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "format/checksum.h"
#include "format/chunk_head.h"
#include "format/encodings/encoding.h"
#include "format/errors.h"
#include "format/scratch.h"
#include "format/stream.h"

namespace pgbale {
namespace {

// Choosing takes about as long as encoding a chunk, and data drift slowly.
constexpr uint32_t kChunksAPlan = 32;

// A smaller chunk is read as fast as a part of it: what proves its parts would
// only make it larger.
constexpr uint64_t kWorthPartsOctets = 16 << 10;

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

// So that each column can be proven without the others.
void HashColumns(Bytes body, std::vector<ColumnHead>& columns) {
  for (ColumnHead& column : columns) {
    const uint64_t octets = column.stored_octets();
    column.hash = Hash64(body.first(octets));
    body.remove_prefix(octets);
  }
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
  const bool worth_parts = batch.raw_bytes() >= kWorthPartsOctets;
  if (worth_parts) HashColumns(*body, head.columns);
  EncodeChunkHead(head, chunk.payload);
  if (worth_parts) chunk.head_hash = Hash64(chunk.payload);
  Append(chunk.payload, *body);
  return chunk;
}

absl::StatusOr<Column> DecodeColumn(uint32_t rows, const ColumnHead& head,
                                    Bytes streams, uint32_t width) {
  if (head.width != width)
    return Damaged(
        absl::StrCat("the width is ", head.width, " instead of ", width));
  StreamReader in(head.streams, streams);
  ASSIGN_OR_RETURN(Buffer null_bits, DecodeNullBits(rows, head.nulls, in));
  const uint32_t count = rows - head.nulls;
  const ColumnShape shape{
      .width = width,
      .count = count,
      .value_octets = width == 0 ? head.value_octets : uint64_t{width} * count};
  ASSIGN_OR_RETURN(ColumnValues values, DecodeValues(head.encoding, shape, in));
  RETURN_IF_ERROR(in.Finish());
  Column column(width);
  column.Assign(rows, head.nulls, std::move(null_bits),
                std::move(values.values), std::move(values.lengths));
  return column;
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
    absl::StatusOr<Column> column =
        DecodeColumn(head.rows, head.columns[i], chunk.body, widths[i]);
    if (!column.ok())
      return Annotate(column.status(), absl::StrCat("column ", i + 1));
    batch.columns()[i] = *std::move(column);
    chunk.body.remove_prefix(head.columns[i].stored_octets());
  }
  batch.SetTotals(head.rows, head.raw_octets, head.digest);
  return batch;
}

}  // namespace pgbale
