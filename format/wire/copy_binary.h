// COPY's binary form: a signature, flags, an extension, then tuples (the
// number of columns, and for each its length, -1 for NULL, and octets; all
// integers big-endian), then -1 in place of a number of columns.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_WIRE_COPY_BINARY_H_
#define PGBALE_FORMAT_WIRE_COPY_BINARY_H_

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
        fields_(widths.size()) {}

  absl::Status Parse(Bytes data, RowBatch& batch) override;
  absl::Status Finish() override;

 private:
  enum class State { kHeader, kTuples, kEnded };
  struct Field {
    const uint8_t* octets;
    int32_t length;  // -1: NULL
  };

  // Consumes what is whole of `data`; returns how many octets that is.
  absl::StatusOr<size_t> Consume(Bytes data, RowBatch& batch);
  // The octets of the header or tuple at the front of `data`; 0 if it goes on
  // behind its end. A tuple's fields go to fields_.
  absl::StatusOr<size_t> MeasureHeader(Bytes data) const;
  absl::StatusOr<size_t> MeasureTuple(Bytes data);
  absl::Status LengthError(size_t column, int32_t length) const;
  // `tuple`, or a copy in which no array claims NULLs that it does not have;
  // fields_ point into the result.
  Bytes WithTrueArrays(Bytes tuple);
  void AppendTuple(Bytes tuple, RowBatch& batch);
  absl::Status AtRow(const absl::Status& status) const;

  const std::vector<uint32_t> widths_;
  const std::vector<size_t> arrays_;
  std::vector<Field> fields_;
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
