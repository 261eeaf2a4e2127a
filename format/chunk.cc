#include "format/chunk.h"

#include <bit>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "format/checksum.h"
#include "format/chunk_head.h"
#include "format/encodings/encoding.h"
#include "format/errors.h"
#include "format/scratch.h"
#include "format/stream.h"
#include "format/typed_column.h"
#include "format/value_range.h"

namespace pgbale {
namespace {

// Choosing takes longer than encoding a chunk, and data drift slowly: as often
// as the choice is the one before, twice as many chunks pass until the next.
constexpr uint32_t kChunksBetweenMin = 32, kChunksBetweenMax = 256;
// What a chunk tells of one of so many times its rows.
constexpr uint64_t kRowsTold = 4;

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

// Decoded, both forms of a column stand side by side: not where that might be
// too much.
constexpr uint64_t kTypedRawOctetsMax = uint64_t{1} << 29;

// `column` in the binary form of its type, if it is a text that can be.
std::optional<Column> TryTyped(const RowBatch& batch, size_t index,
                               ChunkPlan& plan) {
  if (plan.meanings.empty() || plan.is_untyped[index] != 0 ||
      plan.meanings[index].format != WireFormat::kText)
    return std::nullopt;
  const Column& text = batch.columns()[index];
  const BuiltInType* const type = FindTypedType(plan.meanings[index].type_oid);
  if (type == nullptr || text.rows() == text.nulls() ||
      batch.raw_bytes() > kTypedRawOctetsMax)
    return std::nullopt;
  std::optional<Column> typed = ToTyped(text, *type);
  plan.is_untyped[index] = typed.has_value() ? 0 : 1;
  return typed;
}

// How the stored values compare.
ValueOrder OrderAsStored(const ChunkPlan& plan, size_t index, bool typed) {
  if (plan.meanings.empty()) return ValueOrder::kNone;
  const ColumnMeaning& meaning = plan.meanings[index];
  const bool is_binary = typed || meaning.format == WireFormat::kBinary ||
                         IsTextLike(meaning.type_oid);
  return is_binary ? OrderOf(meaning.type_oid) : ValueOrder::kNone;
}

// A body this large must not stand in memory twice.
constexpr size_t kLargeBodyOctets = 64 << 20;

// Appends `body`, which may be moved from, to `head`.
void Join(Buffer& head, Buffer& body) {
  if (body.size() < kLargeBodyOctets) {
    Append(head, body);
    return;
  }
  const size_t octets = body.size();
  body.resize(octets + head.size());
  std::memmove(body.data() + head.size(), body.data(), octets);
  std::memcpy(body.data(), head.data(), head.size());
  head = std::move(body);
}

bool AreAlike(const std::vector<EncodingPlan>& plans,
              const std::vector<EncodingPlan>& others) {
  return std::equal(plans.begin(), plans.end(), others.begin(), others.end(),
                    [](const EncodingPlan& plan, const EncodingPlan& other) {
                      return plan.id == other.id &&
                             AreAlike(plan.parts, other.parts);
                    });
}

// What a plan was before its columns are chosen anew; nullopt: they stay.
std::optional<ChunkPlan> TakeOutdated(ChunkPlan& plan, uint32_t rows) {
  const bool told_little =
      plan.chosen_from != 0 && rows > kRowsTold * plan.chosen_from;
  if (plan.chunks_left > 0 && !told_little) {
    --plan.chunks_left;
    return std::nullopt;
  }
  std::optional<ChunkPlan> outdated = std::move(plan);
  plan = {.meanings = outdated->meanings,
          .choices = outdated->choices + 1,
          .chosen_from = rows};
  return outdated;
}

void SetNextChoice(const ChunkPlan& outdated, ChunkPlan& plan) {
  const bool is_confirmed = AreAlike(outdated.columns, plan.columns) &&
                            outdated.is_untyped == plan.is_untyped;
  plan.chunks_between = is_confirmed
                            ? std::clamp(2 * outdated.chunks_between,
                                         kChunksBetweenMin, kChunksBetweenMax)
                            : kChunksBetweenMin;
  plan.chunks_left = plan.chunks_between - 1;
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

// The column as it is stored.
absl::StatusOr<Column> DecodeStored(uint32_t rows, const ColumnHead& head,
                                    Bytes streams) {
  StreamReader in(head.streams, streams);
  ASSIGN_OR_RETURN(Buffer null_bits, DecodeNullBits(rows, head.nulls, in));
  const uint32_t count = rows - head.nulls;
  const ColumnShape shape{.width = head.width,
                          .count = count,
                          .value_octets = head.width == 0
                                              ? head.value_octets
                                              : uint64_t{head.width} * count};
  ASSIGN_OR_RETURN(ColumnValues values, DecodeValues(head.encoding, shape, in));
  RETURN_IF_ERROR(in.Finish());
  Column column(head.width);
  column.Assign(rows, head.nulls, std::move(null_bits),
                std::move(values.values), std::move(values.lengths));
  return column;
}

// Decodes each column by `decode`, which is told its head, its streams and the
// width of the entry's column.
template <typename F>
absl::StatusOr<RowBatch> DecodeColumns(SplitChunk chunk,
                                       absl::Span<const uint32_t> widths,
                                       F decode) {
  const ChunkHead& head = chunk.head;
  if (head.columns.size() != widths.size()) {
    return Damaged(absl::StrCat("the chunk has ", head.columns.size(),
                                " columns instead of ", widths.size()));
  }
  RowBatch batch(widths);
  for (size_t i = 0; i < widths.size(); ++i) {
    absl::StatusOr<Column> column =
        decode(head.columns[i], chunk.body, widths[i]);
    if (!column.ok())
      return Annotate(column.status(), absl::StrCat("column ", i + 1));
    batch.columns()[i] = *std::move(column);
    chunk.body.remove_prefix(head.columns[i].stored_octets());
  }
  batch.SetTotals(head.rows, head.raw_octets, head.digest);
  batch.set_place(head.place);
  return batch;
}

}  // namespace

EncodedChunk EncodeChunk(const RowBatch& batch, const ChunkOptions& options) {
  ChunkPlan plan;
  return EncodeChunk(batch, options, plan);
}

EncodedChunk EncodeChunk(const RowBatch& batch, const ChunkOptions& options,
                         ChunkPlan& plan) {
  const std::optional<ChunkPlan> outdated = TakeOutdated(plan, batch.rows());
  plan.columns.resize(batch.columns().size());
  plan.is_untyped.resize(batch.columns().size());
  const bool worth_parts = batch.raw_bytes() >= kWorthPartsOctets;
  ChunkHead head{.rows = batch.rows(),
                 .raw_octets = batch.raw_bytes(),
                 .digest = batch.digest(),
                 .place = batch.place(),
                 .columns = {}};
  EncodedChunk chunk{.payload = {},
                     .rows = batch.rows(),
                     .raw_bytes = batch.raw_bytes(),
                     .digest = batch.digest(),
                     .place = batch.place()};
  Scratch body;
  for (size_t i = 0; i < batch.columns().size(); ++i) {
    const Column& column = batch.columns()[i];
    const std::optional<Column> typed = TryTyped(batch, i, plan);
    const Column& stored = typed.has_value() ? *typed : column;
    ColumnHead& column_head = head.columns.emplace_back(
        EncodeColumn(stored, options.level, plan.columns[i], *body));
    chunk.decoded_bytes += DecodedOctets(column);
    if (typed.has_value()) {
      column_head.typed = {plan.meanings[i].type_oid, column.values().size()};
      chunk.decoded_bytes += DecodedOctets(stored);
    }
    // They have the same extremes.
    const std::optional<Column> different =
        std::exchange(plan.columns[i].different, std::nullopt);
    if (worth_parts) {
      column_head.range = RangeOf(different.has_value() ? *different : stored,
                                  OrderAsStored(plan, i, typed.has_value()));
    }
  }
  if (outdated.has_value()) SetNextChoice(*outdated, plan);
  if (worth_parts) HashColumns(*body, head.columns);
  EncodeChunkHead(head, chunk.payload);
  if (worth_parts) chunk.head_hash = Hash64(chunk.payload);
  Join(chunk.payload, *body);
  return chunk;
}

ChunkPlan PlanFor(const TableData& data) {
  ChunkPlan plan;
  for (const DataColumn& column : data.columns)
    plan.meanings.push_back({column.type_oid, data.format});
  return plan;
}

absl::StatusOr<Column> DecodeColumn(uint32_t rows, const ColumnHead& head,
                                    Bytes streams, uint32_t width) {
  if (!head.typed.has_value()) {
    if (head.width == width) return DecodeStored(rows, head, streams);
    return Damaged(
        absl::StrCat("the width is ", head.width, " instead of ", width));
  }
  if (width != 0) return Damaged("a text is where none belongs");
  ASSIGN_OR_RETURN(Column typed, DecodeStored(rows, head, streams));
  return ToText(std::move(typed), *FindTypedType(head.typed->type_oid),
                head.typed->text_octets);
}

absl::StatusOr<RowBatch> DecodeChunk(Bytes payload,
                                     absl::Span<const uint32_t> widths) {
  ASSIGN_OR_RETURN(const SplitChunk chunk, DecodeChunkHead(payload));
  return DecodeColumns(
      chunk, widths,
      [&](const ColumnHead& head, Bytes streams, uint32_t width) {
        return DecodeColumn(chunk.head.rows, head, streams, width);
      });
}

absl::StatusOr<TypedRows> DecodeTypedChunk(Bytes payload,
                                           absl::Span<const uint32_t> widths) {
  ASSIGN_OR_RETURN(const SplitChunk chunk, DecodeChunkHead(payload));
  std::vector<uint32_t> type_oids;
  ASSIGN_OR_RETURN(
      RowBatch batch,
      DecodeColumns(
          chunk, widths,
          [&](const ColumnHead& head, Bytes streams, uint32_t width) {
            const bool typed = head.typed.has_value() && width == 0;
            type_oids.push_back(typed ? head.typed->type_oid : 0);
            return typed ? DecodeStored(chunk.head.rows, head, streams)
                         : DecodeColumn(chunk.head.rows, head, streams, width);
          }));
  return TypedRows{std::move(batch), std::move(type_oids)};
}

}  // namespace pgbale
