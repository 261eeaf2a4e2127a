// From a COPY stream to rows: one interface, one implementation a form.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_WIRE_ROW_PARSER_H_
#define PGBALE_FORMAT_WIRE_ROW_PARSER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/entry.h"
#include "format/row_batch.h"

namespace pgbale {

class RowParser {
 public:
  virtual ~RowParser() = default;

  // Appends the rows that `data`, the next piece of the stream, completes to
  // `batch`; the beginning of a row that goes on in the next piece is kept.
  // Errors (kError) say what the stream violates, and in which column.
  virtual absl::Status Parse(Bytes data, RowBatch& batch) = 0;

  // After the last piece: an error if the stream ended inside a row or, in
  // binary, without its trailer.
  virtual absl::Status Finish() = 0;
};

// For the stream of a table's rows. Arrays come in one form alone, as a server
// makes it of their text: who compares rows finds equal ones equal.
std::unique_ptr<RowParser> MakeRowParser(const TableData& data);

// For a stream of `widths.size()` columns, whose values come as they are.
std::unique_ptr<RowParser> MakeRowParser(WireFormat format,
                                         absl::Span<const uint32_t> widths);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_WIRE_ROW_PARSER_H_
