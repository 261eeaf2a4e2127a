#include "format/chunk_head.h"

#include <type_traits>

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "format/checksum.h"
#include "format/constants.h"
#include "format/errors.h"
#include "format/fields.h"
#include "format/typed_column.h"

namespace pgbale {

// In the namespace of what they describe, to be found there by fields.h.
template <typename Io>
void Describe(Io& io, Either<TypedText> auto& typed) {
  io.Number(1, typed.type_oid);
  io.Number(3, typed.text_octets);
}

template <typename Io>
void Describe(Io& io, Either<ValueRange> auto& range) {
  auto order = static_cast<uint32_t>(range.order);
  io.Number(1, order);
  // An order that a later version knows is none to this one.
  if constexpr (!std::is_const_v<std::remove_reference_t<decltype(range)>>)
    if (order <= static_cast<uint32_t>(ValueOrder::kNumeric))
      range.order = static_cast<ValueOrder>(order);
  io.Octets(3, range.lowest);
  io.Octets(5, range.highest);
  io.Flag(7, range.highest_is_cut);
}

namespace {

constexpr size_t kLengthOctets = 4;
constexpr size_t kNumbersAStream = 3;

// The streams of a column as one list of numbers, three for each.
std::vector<uint64_t> ToNumbers(const std::vector<StreamInfo>& streams) {
  std::vector<uint64_t> numbers;
  for (const StreamInfo& stream : streams) {
    numbers.push_back(static_cast<uint64_t>(stream.method));
    numbers.push_back(stream.raw_octets);
    numbers.push_back(stream.stored_octets);
  }
  return numbers;
}

// A column as it is written.
struct ColumnFields {
  ColumnHead column;
  std::vector<uint64_t> streams;
};

template <typename Io>
void Describe(Io& io, Either<ColumnFields> auto& fields) {
  io.Number(1, fields.column.encoding);
  io.Number(3, fields.column.width);
  io.Number(5, fields.column.nulls);
  io.Number(7, fields.column.value_octets);
  io.Numbers(9, fields.streams);
  io.Number(10, fields.column.hash);
  io.Record(11, fields.column.typed);
  io.Record(12, fields.column.range);
}

struct HeadFields {
  ChunkHead head;
  std::vector<ColumnFields> columns;
};

template <typename Io>
void Describe(Io& io, Either<HeadFields> auto& fields) {
  io.Number(1, fields.head.rows);
  io.Number(3, fields.head.raw_octets);
  io.DigestOf(5, fields.head.digest);
  io.Number(6, fields.head.place);
  io.Records(7, fields.columns, kColumnsMax);
}

absl::StatusOr<ColumnHead> ToColumn(ColumnFields fields) {
  const std::vector<uint64_t>& numbers = fields.streams;
  if (numbers.size() % kNumbersAStream != 0 ||
      numbers.size() / kNumbersAStream > kStreamsAColumnMax)
    return Damaged("the list of streams is cut off or too long");
  ColumnHead column = std::move(fields.column);
  for (size_t i = 0; i < numbers.size(); i += kNumbersAStream) {
    if (numbers[i] > static_cast<uint64_t>(Method::kZstd)) {
      return TooNew(
          absl::StrCat("compression method ", numbers[i], " is unknown"));
    }
    column.streams.push_back({.method = static_cast<Method>(numbers[i]),
                              .raw_octets = numbers[i + 1],
                              .stored_octets = numbers[i + 2]});
  }
  return column;
}

// Adds up octets that must stay within `max`.
class Sum {
 public:
  explicit Sum(uint64_t max) : left_(max) {}
  // False, for good, once the sum is above the maximum.
  bool Add(uint64_t octets) {
    within_ = within_ && octets <= left_;
    left_ -= within_ ? octets : 0;
    return within_;
  }
  uint64_t left() const { return left_; }

 private:
  uint64_t left_;
  bool within_ = true;
};

absl::Status CheckTyped(const ColumnHead& column, const TypedText& typed,
                        uint64_t present, Sum& decoded) {
  const BuiltInType* const type = FindTypedType(typed.type_oid);
  if (type == nullptr)
    return TooNew(absl::StrCat("its type ", typed.type_oid, " is unknown"));
  if (column.width != type->width)
    return Damaged(absl::StrCat("the width is ", column.width, " instead of ",
                                type->width, " of ", type->name));
  // Its text beside it.
  decoded.Add(present * 4);
  decoded.Add(typed.text_octets);
  return absl::OkStatus();
}

absl::Status CheckColumn(uint32_t rows, const ColumnHead& column, Sum& decoded,
                         Sum& stored) {
  if (column.nulls > rows) return Damaged("more NULLs than rows");
  const uint64_t present = rows - column.nulls;
  if (column.width != 0 && column.value_octets != 0)
    return Damaged("a size is given for values of a fixed width");
  if (column.nulls != 0) decoded.Add((uint64_t{rows} + 7) / 8);
  // No overflow: rows is below 2^31, the width below 2^32.
  decoded.Add(present * (column.width != 0 ? column.width : 4));
  if (column.typed.has_value())
    RETURN_IF_ERROR(CheckTyped(column, *column.typed, present, decoded));
  if (!decoded.Add(column.value_octets)) {
    return Damaged(absl::StrCat("decoded, the columns are above the limit of ",
                                kChunkDecodedOctetsMax, " octets"));
  }
  for (const StreamInfo& stream : column.streams) {
    if (stream.raw_octets > kChunkDecodedOctetsMax)
      return Damaged("a stream is above the limit");
    if (!stored.Add(stream.stored_octets))
      return Damaged("a stream goes beyond the end of the payload");
  }
  return absl::OkStatus();
}

absl::Status CheckHead(const ChunkHead& head, uint64_t body_octets) {
  if (head.rows > kChunkRowsMax)
    return Damaged(absl::StrCat("the count of ", head.rows,
                                " rows is above the limit of ", kChunkRowsMax));
  if (uint64_t{head.rows} * head.columns.size() > kChunkValuesMax)
    return Damaged("the count of values is above the limit");
  if (head.raw_octets > kChunkRawOctetsMax)
    return Damaged("the raw size is above the limit");
  Sum decoded(kChunkDecodedOctetsMax);
  Sum stored(body_octets);
  for (size_t i = 0; i < head.columns.size(); ++i) {
    RETURN_IF_ERROR(
        Annotate(CheckColumn(head.rows, head.columns[i], decoded, stored),
                 absl::StrCat("column ", i + 1)));
  }
  if (stored.left() != 0) {
    return Damaged(
        absl::StrCat(stored.left(), " octets follow the last stream"));
  }
  return absl::OkStatus();
}

}  // namespace

uint64_t ColumnHead::stored_octets() const {
  uint64_t octets = 0;
  for (const StreamInfo& stream : streams) octets += stream.stored_octets;
  return octets;
}

void EncodeChunkHead(const ChunkHead& head, Buffer& out) {
  HeadFields fields{.head = head, .columns = {}};
  for (const ColumnHead& column : head.columns)
    fields.columns.push_back({column, ToNumbers(column.streams)});
  const size_t start = out.size();
  out.resize(start + kLengthOctets);
  FieldEncoder encoder(out);
  Describe(encoder, std::as_const(fields));
  StoreLittle(out.data() + start,
              static_cast<uint32_t>(out.size() - start - kLengthOctets));
}

uint64_t ChunkFront::StreamsAt(size_t index) const {
  uint64_t at = octets;
  for (size_t i = 0; i < index; ++i) at += head.columns[i].stored_octets();
  return at;
}

absl::StatusOr<std::optional<ChunkFront>> DecodeChunkFront(
    Bytes front, uint64_t payload_octets, uint64_t known_hash) {
  const Bytes all = front;
  if (front.size() < kLengthOctets) return Damaged("the chunk is too short");
  const uint32_t head_octets = LoadLittle<uint32_t>(front.data());
  front.remove_prefix(kLengthOctets);
  if (head_octets > kChunkHeadOctetsMax ||
      head_octets > payload_octets - kLengthOctets)
    return Damaged("the chunk's head goes beyond its end or the limit");
  if (head_octets > front.size()) return std::optional<ChunkFront>();
  const uint64_t octets = kLengthOctets + head_octets;
  const uint64_t hash = Hash64(all.first(octets));
  if (known_hash != 0 && hash != known_hash)
    return Damaged("the checksum of its head does not match");
  ASSIGN_OR_RETURN(HeadFields fields,
                   DecodeFields<HeadFields>(front.first(head_octets)));
  ChunkHead head = std::move(fields.head);
  for (ColumnFields& column : fields.columns) {
    ASSIGN_OR_RETURN(head.columns.emplace_back(), ToColumn(std::move(column)));
  }
  RETURN_IF_ERROR(
      CheckHead(head, payload_octets - kLengthOctets - head_octets));
  return std::optional<ChunkFront>({std::move(head), octets, hash});
}

absl::StatusOr<ChunkFront> DecodeChunkFront(Bytes payload) {
  ASSIGN_OR_RETURN(std::optional<ChunkFront> front,
                   DecodeChunkFront(payload, payload.size(), 0));
  if (!front.has_value()) return Damaged("the chunk's head is not whole");
  return *std::move(front);
}

absl::StatusOr<SplitChunk> DecodeChunkHead(Bytes payload) {
  ASSIGN_OR_RETURN(ChunkFront front, DecodeChunkFront(payload));
  return SplitChunk{std::move(front.head), payload.subspan(front.octets)};
}

absl::Status CheckColumnHashes(const ChunkHead& head, Bytes body) {
  for (size_t i = 0; i < head.columns.size(); ++i) {
    const ColumnHead& column = head.columns[i];
    RETURN_IF_ERROR(Annotate(CheckColumnHash(column, body),
                             absl::StrCat("column ", i + 1)));
    body.remove_prefix(column.stored_octets());
  }
  return absl::OkStatus();
}

absl::Status CheckColumnHash(const ColumnHead& column, Bytes streams) {
  if (column.hash == 0 ||
      column.hash == Hash64(streams.first(column.stored_octets())))
    return absl::OkStatus();
  return Damaged("its checksum does not match");
}

}  // namespace pgbale
