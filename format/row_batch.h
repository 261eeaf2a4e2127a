// Rows of one table, as columns: the form between a source and the archive,
// and between the archive and a target. Nothing here knows how the rows came
// or how they will leave.
//
// Thread-compatible.

#ifndef PGBALE_FORMAT_ROW_BATCH_H_
#define PGBALE_FORMAT_ROW_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/digest.h"

namespace pgbale {

// A value that somebody else owns.
struct ValueRef {
  const uint8_t* octets;
  int32_t length;  // -1: NULL
};

// The values of one column. NULLs take no room among the values.
class Column {
 public:
  // `width`: octets of each value, 0 if they vary.
  explicit Column(uint32_t width) : width_(width) {}

  // REQUIRES: width() == 0 || value.size() == width(); value.size() < 2^32
  void Append(Bytes value) {
    if (width_ == 0) lengths_.push_back(static_cast<uint32_t>(value.size()));
    pgbale::Append(values_, value);
    if (nulls_ != 0 && rows_ % 8 == 0) null_bits_.push_back(0);
    ++rows_;
  }
  void AppendNull();
  // The same for many values at once, which is several times as fast.
  // REQUIRES: of each the same as of one
  void AppendAll(absl::Span<const ValueRef> values);
  // Keeps its memory for the next rows.
  void Clear();

  uint32_t width() const { return width_; }
  uint32_t rows() const { return rows_; }
  uint32_t nulls() const { return nulls_; }
  // Bit i (least significant first) is 1 where row i is NULL; empty as long
  // as there is no NULL.
  Bytes null_bits() const { return null_bits_; }
  bool is_null(uint32_t row) const {
    return nulls_ != 0 && ((null_bits_[row / 8] >> (row % 8)) & 1) != 0;
  }
  // All values that are not NULL, one behind the other.
  Bytes values() const { return values_; }
  // Their lengths, if width() == 0; else empty.
  absl::Span<const uint32_t> lengths() const { return lengths_; }

  // Takes over decoded parts; for the chunk decoder, which has checked that
  // they fit together: `null_bits` empty or of `rows` bits, zero behind them,
  // `nulls` of them 1; of the other rows `values`, and `lengths` if
  // width() == 0.
  void Assign(uint32_t rows, uint32_t nulls, Buffer null_bits, Buffer values,
              std::vector<uint32_t> lengths);
  // Gives the values away, with their memory; the column is not used again.
  Buffer TakeValues() { return std::move(values_); }

 private:
  void AppendNullBits(absl::Span<const ValueRef> values);

  uint32_t width_;
  uint32_t rows_ = 0;
  uint32_t nulls_ = 0;
  Buffer null_bits_;
  Buffer values_;
  std::vector<uint32_t> lengths_;
};

class RowBatch {
 public:
  // One column for each width.
  explicit RowBatch(absl::Span<const uint32_t> widths);

  std::vector<Column>& columns() { return columns_; }
  const std::vector<Column>& columns() const { return columns_; }

  // Ends a row: each column has got one value or NULL since the last call.
  // `row_digest` is the digest of this one row (format/digest.h), `raw_bytes`
  // its octets as its source counts them.
  void EndRow(uint64_t raw_bytes, const Digest& row_digest);

  uint32_t rows() const { return rows_; }
  // Octets of the rows as their source counted them; for limits and ratios.
  uint64_t raw_bytes() const { return raw_bytes_; }
  const Digest& digest() const { return digest_; }
  // Batches of one table, sorted by it, have the rows in the order of their
  // source; 0 in all of them: the order is not known.
  uint64_t place() const { return place_; }
  void set_place(uint64_t place) { place_ = place; }

  void Clear();

  // For the chunk decoder.
  void SetTotals(uint32_t rows, uint64_t raw_bytes, const Digest& digest);

 private:
  std::vector<Column> columns_;
  uint32_t rows_ = 0;
  uint64_t raw_bytes_ = 0;
  Digest digest_;
  uint64_t place_ = 0;
};

// Walks the rows of a batch. The batch must remain live and unchanged while
// the cursor is in use.
class RowCursor {
 public:
  explicit RowCursor(const RowBatch& batch);

  // Moves to the next row; false behind the last. Starts before the first.
  bool Next();
  // The value of `column` in the current row; empty if it is NULL. Its
  // octets are valid while the batch lives.
  // REQUIRES: Next() returned true
  bool is_null(size_t column) const { return values_[column].null; }
  Bytes value(size_t column) const {
    return Bytes(values_[column].octets, values_[column].length);
  }

 private:
  struct Value {
    const uint8_t* octets = nullptr;
    uint32_t length = 0;
    uint32_t index = 0;  // of the column's next length
    bool null = true;
  };
  static void Advance(const Column& column, uint32_t row, Value& value);

  const RowBatch& batch_;
  std::vector<Value> values_;
  uint32_t next_row_ = 0;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ROW_BATCH_H_
