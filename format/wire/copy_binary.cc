#include "format/wire/copy_binary.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/endian.h"
#include "base/status.h"
#include "format/digest.h"

namespace pgbale {
namespace {

constexpr std::array<uint8_t, 11> kCopySignature = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0};
// Signature, flags, length of the extension.
constexpr size_t kHeaderOctets = kCopySignature.size() + 4 + 4;
// Flags that a reader must know; the only one ever defined (16: OIDs) went
// with PostgreSQL 12.
constexpr uint32_t kCriticalFlags = 0xffff0000;
// Nobody sends one at all.
constexpr uint32_t kExtensionOctetsMax = 1 << 20;
// A message of the protocol is at most 2^30 octets.
constexpr ptrdiff_t kTupleOctetsMax = ptrdiff_t{1} << 30;
constexpr int16_t kTrailer = -1;
constexpr int32_t kNull = -1;

absl::Status Violation(absl::string_view message) {
  return MakeError(Failure::kError, message);
}

bool LengthFits(uint32_t width, int32_t length) {
  return static_cast<uint32_t>(length) == width || (length > 0 && width == 0) ||
         length == kNull;
}

// The front of an array's binary form (format/types/arrays.cc).
constexpr size_t kArrayFlagAt = 4, kArrayHeaderOctets = 12,
                 kArrayDimensionOctets = 8, kArrayDimensionsMax = 6;

// True if `array` says that an element is NULL, and none is: the server keeps
// the flag when the last one is replaced. False for what is no array.
bool ClaimsNullsInVain(Bytes array) {
  if (array.size() < kArrayHeaderOctets ||
      LoadBig<uint32_t>(array.data() + kArrayFlagAt) != 1)
    return false;
  const size_t dimensions = LoadBig<uint32_t>(array.data());
  if (dimensions > kArrayDimensionsMax) return false;
  const size_t front = kArrayHeaderOctets + dimensions * kArrayDimensionOctets;
  if (array.size() < front) return false;
  array.remove_prefix(front);
  while (array.size() >= sizeof(int32_t)) {
    const int32_t length = LoadBig<int32_t>(array.data());
    array.remove_prefix(sizeof(int32_t));
    if (length < 0 || static_cast<size_t>(length) > array.size()) return false;
    array.remove_prefix(static_cast<size_t>(length));
  }
  return array.empty();
}

}  // namespace

absl::Status BinaryRowParser::AtRow(const absl::Status& status) const {
  return Annotate(status, absl::StrCat("row ", rows_ + group_.size() + 1,
                                       " of the stream"));
}

absl::Status BinaryRowParser::Parse(Bytes data, RowBatch& batch) {
  if (kept_.empty()) {
    ASSIGN_OR_RETURN(const size_t consumed, Consume(data, batch));
    Append(kept_, data.subspan(consumed));
    return absl::OkStatus();
  }
  Append(kept_, data);
  ASSIGN_OR_RETURN(const size_t consumed, Consume(kept_, batch));
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(consumed));
  return absl::OkStatus();
}

absl::Status BinaryRowParser::Finish() {
  if (state_ == State::kEnded) return absl::OkStatus();
  if (!kept_.empty()) return AtRow(Violation("the stream ends inside"));
  return Violation("the stream ends without its trailer");
}

absl::StatusOr<size_t> BinaryRowParser::Consume(Bytes data, RowBatch& batch) {
  const absl::StatusOr<size_t> consumed = Group(data, batch);
  AppendGroup(batch);
  return consumed;
}

absl::StatusOr<size_t> BinaryRowParser::Group(Bytes data, RowBatch& batch) {
  size_t consumed = 0;
  if (state_ == State::kHeader) {
    ASSIGN_OR_RETURN(consumed, MeasureHeader(data));
    if (consumed == 0) return 0;
    state_ = State::kTuples;
  }
  while (state_ == State::kTuples) {
    const Bytes rest = data.subspan(consumed);
    if (rest.size() < sizeof(int16_t)) return consumed;
    if (LoadBig<int16_t>(rest.data()) == kTrailer) {
      state_ = State::kEnded;
      consumed += sizeof(int16_t);
      break;
    }
    absl::StatusOr<size_t> octets = MeasureTuple(rest);
    if (!octets.ok()) return AtRow(octets.status());
    if (*octets == 0) return consumed;
    consumed += *octets;
    group_.push_back(rest.first(*octets));
    if (CorrectArrays() || group_.size() == group_max_) AppendGroup(batch);
  }
  if (consumed != data.size())
    return Violation("octets follow the trailer of the stream");
  return consumed;
}

absl::StatusOr<size_t> BinaryRowParser::MeasureHeader(Bytes data) const {
  const size_t seen = std::min(data.size(), kCopySignature.size());
  if (!std::equal(data.begin(), data.begin() + seen, kCopySignature.begin()))
    return Violation("the stream is not in COPY's binary form");
  if (data.size() < kHeaderOctets) return 0;
  const uint32_t flags = LoadBig<uint32_t>(data.data() + kCopySignature.size());
  if ((flags & kCriticalFlags) != 0) {
    return Violation(absl::StrCat("the stream has the unknown flags 0x",
                                  absl::Hex(flags, absl::kZeroPad8)));
  }
  const uint32_t extension =
      LoadBig<uint32_t>(data.data() + kCopySignature.size() + 4);
  if (extension > kExtensionOctetsMax)
    return Violation("the header extension of the stream is too long");
  const size_t octets = kHeaderOctets + extension;
  return data.size() < octets ? 0 : octets;
}

absl::StatusOr<size_t> BinaryRowParser::MeasureTuple(Bytes data) {
  const int16_t columns = LoadBig<int16_t>(data.data());
  if (columns < 0 || static_cast<size_t>(columns) != widths_.size()) {
    return Violation(absl::StrCat("there are ", columns, " columns instead of ",
                                  widths_.size()));
  }
  const uint8_t* at = data.data() + sizeof(int16_t);
  const uint8_t* const end = data.data() + data.size();
  ValueRef* field = fields_.data() + group_.size();
  for (const uint32_t& width : widths_) {
    if (end - at < ptrdiff_t{sizeof(int32_t)}) return 0;
    const int32_t length = LoadBig<int32_t>(at);
    if (!LengthFits(width, length))
      return LengthError(static_cast<size_t>(&width - widths_.data()), length);
    at += sizeof(int32_t);
    *field = {at, length};
    field += group_max_;
    if (length <= 0) continue;
    if (length > end - at) {
      if (length > kTupleOctetsMax - (at - data.data()))
        return Violation("the row is longer than a message can be");
      return 0;
    }
    at += length;
  }
  return static_cast<size_t>(at - data.data());
}

absl::Status BinaryRowParser::LengthError(size_t column, int32_t length) const {
  const uint32_t width = widths_[column];
  return Violation(
      absl::StrCat("column ", column + 1, " has a value of ", length, " octets",
                   width != 0 ? absl::StrCat(" instead of ", width) : ""));
}

bool BinaryRowParser::CorrectArrays() {
  Bytes& tuple = group_.back();
  const uint8_t* const given = tuple.data();
  const size_t number = group_.size() - 1;
  for (const size_t column : arrays_) {
    const ValueRef& field = fields_[column * group_max_ + number];
    if (field.length < 0 ||
        !ClaimsNullsInVain(
            Bytes(field.octets, static_cast<size_t>(field.length))))
      continue;
    if (tuple.data() == given) {
      changed_.assign(tuple.begin(), tuple.end());
      tuple = changed_;
      for (size_t i = number; i < fields_.size(); i += group_max_)
        fields_[i].octets = changed_.data() + (fields_[i].octets - given);
    }
    StoreBig(changed_.data() + (field.octets - tuple.data()) + kArrayFlagAt,
             uint32_t{0});
  }
  return tuple.data() != given;
}

void BinaryRowParser::AppendGroup(RowBatch& batch) {
  const ValueRef* fields = fields_.data();
  for (Column& column : batch.columns()) {
    column.AppendAll(absl::MakeSpan(fields, group_.size()));
    fields += group_max_;
  }
  for (const Bytes tuple : group_) batch.EndRow(tuple.size(), DigestRow(tuple));
  rows_ += group_.size();
  group_.clear();
}

void BinaryRowWriter::Begin(Buffer& out) {
  Append(out, kCopySignature);
  AppendBig(out, uint32_t{0});
  AppendBig(out, uint32_t{0});
}

void BinaryRowWriter::Write(const RowCursor& cursor, size_t columns,
                            Buffer& out) {
  AppendTuple(cursor, columns, out);
}

void BinaryRowWriter::End(Buffer& out) { AppendBig(out, kTrailer); }

void AppendTuple(const RowCursor& cursor, size_t columns, Buffer& out) {
  size_t octets = sizeof(int16_t) + columns * sizeof(int32_t);
  for (size_t i = 0; i < columns; ++i) octets += cursor.value(i).size();
  uint8_t* p = Extend(out, octets);
  StoreBig(p, static_cast<int16_t>(columns));
  p += sizeof(int16_t);
  for (size_t i = 0; i < columns; ++i) {
    const Bytes value = cursor.value(i);
    StoreBig(p, cursor.is_null(i) ? kNull : static_cast<int32_t>(value.size()));
    p += sizeof(int32_t);
    if (!value.empty()) std::memcpy(p, value.data(), value.size());
    p += value.size();
  }
}

}  // namespace pgbale
