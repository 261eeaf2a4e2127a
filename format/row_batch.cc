#include "format/row_batch.h"

#include <utility>

namespace pgbale {

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
