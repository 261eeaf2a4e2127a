// COPY's binary form: a signature, flags, an extension, then tuples (the
// number of columns, and for each its length, -1 for NULL, and octets; all
// integers big-endian), then -1 in place of a number of columns.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_WIRE_COPY_BINARY_H_
#define PGBALE_FORMAT_WIRE_COPY_BINARY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/row_batch.h"
#include "format/wire/row_parser.h"
#include "format/wire/row_writer.h"

namespace pgbale {

class BinaryRowParser : public RowParser {
 public:
  // `arrays`: the columns, from 0, that hold arrays, whose flag of NULLs is
  // made to be true.
  explicit BinaryRowParser(absl::Span<const uint32_t> widths,
                           absl::Span<const size_t> arrays = {})
      : widths_(widths.begin(), widths.end()),
        arrays_(arrays.begin(), arrays.end()),
        group_max_(GroupMax(widths.size())),
        fields_(widths.size() * group_max_) {}

  absl::Status Parse(Bytes data, RowBatch& batch) override;
  absl::Status Finish() override;

 private:
  enum class State { kHeader, kTuples, kEnded };

  // So many tuples are measured before they are appended, column by column.
  static size_t GroupMax(size_t columns) {
    constexpr size_t kFields = 1024, kTuples = 64;
    return std::clamp(kFields / std::max<size_t>(columns, 1), size_t{1},
                      kTuples);
  }

  // Consumes what is whole of `data`; returns how many octets that is.
  absl::StatusOr<size_t> Consume(Bytes data, RowBatch& batch);
  // The same; the last tuples are in the group.
  absl::StatusOr<size_t> Group(Bytes data, RowBatch& batch);
  // The octets of the header or tuple at the front of `data`; 0 if it goes on
  // behind its end. A tuple's fields go to fields_, those of the next one of
  // the group.
  absl::StatusOr<size_t> MeasureHeader(Bytes data) const;
  absl::StatusOr<size_t> MeasureTuple(Bytes data);
  absl::Status LengthError(size_t column, int32_t length) const;
  // Puts a copy in the place of the last tuple of the group if it has an array
  // that claims NULLs in vain; in the copy none does. True if so: the group
  // must be appended before the next copy is made.
  bool CorrectArrays();
  void AppendGroup(RowBatch& batch);
  absl::Status AtRow(const absl::Status& status) const;

  const std::vector<uint32_t> widths_;
  const std::vector<size_t> arrays_;
  const size_t group_max_;
  // Of column c of tuple t: [c * group_max_ + t].
  std::vector<ValueRef> fields_;
  std::vector<Bytes> group_;
  State state_ = State::kHeader;
  uint64_t rows_ = 0;
  // The beginning of a header or tuple that goes on in the next piece.
  Buffer kept_;
  // A tuple that had to be changed.
  Buffer changed_;
};

class BinaryRowWriter : public RowWriter {
 public:
  void Begin(Buffer& out) override;
  void Write(const RowCursor& cursor, size_t columns, Buffer& out) override;
  void End(Buffer& out) override;
};

// Appends the current row of `cursor` as a tuple, which is also the image that
// a row is digested from (format/digest.h).
void AppendTuple(const RowCursor& cursor, size_t columns, Buffer& out);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_WIRE_COPY_BINARY_H_
