// COPY's text form: a line for each row, tabs between the columns, \N for
// NULL, and escapes with a backslash.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_WIRE_COPY_TEXT_H_
#define PGBALE_FORMAT_WIRE_COPY_TEXT_H_

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

class TextRowParser : public RowParser {
 public:
  explicit TextRowParser(absl::Span<const uint32_t> widths)
      : widths_(widths.begin(), widths.end()), fields_(widths.size()) {}

  absl::Status Parse(Bytes data, RowBatch& batch) override;
  absl::Status Finish() override;

 private:
  // A value, by its place in image_; -1: NULL.
  struct Field {
    size_t offset;
    int32_t length;
  };

  // Consumes the whole lines of `data`, of which the first `searched` octets
  // have no end of a line; returns how many octets these lines take.
  absl::StatusOr<size_t> Consume(Bytes data, size_t searched, RowBatch& batch);
  // A line without its newline.
  absl::Status ParseLine(Bytes line, RowBatch& batch);
  absl::Status ParseFields(Bytes line);
  // Appends one value, or NULL, to image_ and fields_.
  absl::Status ParseField(Bytes field, size_t column);
  // The line in image_ goes to the batch.
  void AppendImage(size_t line_octets, RowBatch& batch);
  absl::Status AtRow(const absl::Status& status) const;

  const std::vector<uint32_t> widths_;
  std::vector<Field> fields_;
  // The row as it is digested (format/digest.h).
  Buffer image_;
  uint64_t rows_ = 0;
  bool ended_ = false;
  // The beginning of a line that goes on in the next piece.
  Buffer kept_;
};

class TextRowWriter : public RowWriter {
 public:
  void Begin(Buffer& out) override;
  void Write(const RowCursor& cursor, size_t columns, Buffer& out) override;
  void End(Buffer& out) override;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_WIRE_COPY_TEXT_H_
