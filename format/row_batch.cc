#include "format/row_batch.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/base/attributes.h"

namespace pgbale {
namespace {

// Two moves, which may overlap, of octets of which there are one to two Words.
template <typename Word>
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void MoveTwice(const uint8_t* from,
                                                   size_t octets, uint8_t* to) {
  Word first, last;
  std::memcpy(&first, from, sizeof(Word));
  std::memcpy(&last, from + octets - sizeof(Word), sizeof(Word));
  std::memcpy(to, &first, sizeof(Word));
  std::memcpy(to + octets - sizeof(Word), &last, sizeof(Word));
}

// For short values a call would cost more than the copy.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void CopyValue(const uint8_t* from,
                                                   size_t octets, uint8_t* to) {
  struct Sixteen {
    uint64_t words[2];
  };
  if (octets > 2 * sizeof(Sixteen))
    std::memcpy(to, from, octets);
  else if (octets >= sizeof(Sixteen))
    MoveTwice<Sixteen>(from, octets, to);
  else if (octets >= sizeof(uint64_t))
    MoveTwice<uint64_t>(from, octets, to);
  else if (octets >= sizeof(uint32_t))
    MoveTwice<uint32_t>(from, octets, to);
  else if (octets >= sizeof(uint16_t))
    MoveTwice<uint16_t>(from, octets, to);
  else if (octets != 0)
    *to = *from;
}

// REQUIRES: all values have that width
template <size_t width>
void CopyAll(absl::Span<const ValueRef> values, uint8_t* to) {
  for (const ValueRef& value : values) {
    std::memcpy(to, value.octets, width);
    to += width;
  }
}

void CopyAll(absl::Span<const ValueRef> values, uint8_t* to) {
  for (const ValueRef& value : values) {
    if (value.length <= 0) continue;
    CopyValue(value.octets, static_cast<size_t>(value.length), to);
    to += value.length;
  }
}

}  // namespace

void Column::AppendAll(absl::Span<const ValueRef> values) {
  size_t octets = 0;
  uint32_t nulls = 0;
  for (const ValueRef& value : values) {
    octets += static_cast<size_t>(std::max(value.length, 0));
    nulls += value.length < 0 ? 1 : 0;
  }
  uint8_t* const to = Extend(values_, octets);
  if (nulls == 0 && width_ == 4)
    CopyAll<4>(values, to);
  else if (nulls == 0 && width_ == 8)
    CopyAll<8>(values, to);
  else
    CopyAll(values, to);
  if (width_ == 0) {
    const size_t lengths = lengths_.size();
    lengths_.resize(lengths + values.size() - nulls);
    uint32_t* length = lengths_.data() + lengths;
    for (const ValueRef& value : values)
      if (value.length >= 0) *length++ = static_cast<uint32_t>(value.length);
  }
  if (nulls_ != 0 || nulls != 0) AppendNullBits(values);
  rows_ += static_cast<uint32_t>(values.size());
  nulls_ += nulls;
}

void Column::AppendNullBits(absl::Span<const ValueRef> values) {
  null_bits_.resize((rows_ + 7) / 8, 0);
  uint32_t row = rows_;
  for (const ValueRef& value : values) {
    if (row % 8 == 0) null_bits_.push_back(0);
    if (value.length < 0)
      null_bits_[row / 8] =
          static_cast<uint8_t>(null_bits_[row / 8] | (1u << (row % 8)));
    ++row;
  }
}

void Column::AppendNull() {
  if (nulls_ == 0)
    null_bits_.assign(rows_ / 8 + 1, 0);
  else if (rows_ % 8 == 0)
    null_bits_.push_back(0);
  null_bits_[rows_ / 8] =
      static_cast<uint8_t>(null_bits_[rows_ / 8] | (1u << (rows_ % 8)));
  ++nulls_;
  ++rows_;
}

void Column::Clear() {
  rows_ = 0;
  nulls_ = 0;
  null_bits_.clear();
  values_.clear();
  lengths_.clear();
}

void Column::Assign(uint32_t rows, uint32_t nulls, Buffer null_bits,
                    Buffer values, std::vector<uint32_t> lengths) {
  rows_ = rows;
  nulls_ = nulls;
  null_bits_ = std::move(null_bits);
  values_ = std::move(values);
  lengths_ = std::move(lengths);
}

RowBatch::RowBatch(absl::Span<const uint32_t> widths) {
  columns_.reserve(widths.size());
  for (const uint32_t width : widths) columns_.emplace_back(width);
}

void RowBatch::EndRow(uint64_t raw_bytes, const Digest& row_digest) {
  ++rows_;
  raw_bytes_ += raw_bytes;
  digest_ += row_digest;
}

void RowBatch::Clear() {
  for (Column& column : columns_) column.Clear();
  SetTotals(0, 0, Digest());
  place_ = 0;
}

void RowBatch::SetTotals(uint32_t rows, uint64_t raw_bytes,
                         const Digest& digest) {
  rows_ = rows;
  raw_bytes_ = raw_bytes;
  digest_ = digest;
}

RowCursor::RowCursor(const RowBatch& batch)
    : batch_(batch), values_(batch.columns().size()) {
  for (size_t i = 0; i < values_.size(); ++i)
    values_[i].octets = batch.columns()[i].values().data();
}

bool RowCursor::Next() {
  if (next_row_ == batch_.rows()) return false;
  const std::vector<Column>& columns = batch_.columns();
  for (size_t i = 0; i < columns.size(); ++i)
    Advance(columns[i], next_row_, values_[i]);
  ++next_row_;
  return true;
}

void RowCursor::Advance(const Column& column, uint32_t row, Value& value) {
  value.octets += value.length;
  value.length = 0;
  value.null = column.is_null(row);
  if (value.null) return;
  value.length =
      column.width() != 0 ? column.width() : column.lengths()[value.index++];
}

}  // namespace pgbale
