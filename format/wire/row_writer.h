// From rows to a COPY stream.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_WIRE_ROW_WRITER_H_
#define PGBALE_FORMAT_WIRE_ROW_WRITER_H_

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "format/entry.h"
#include "format/row_batch.h"

namespace pgbale {

class RowWriter {
 public:
  virtual ~RowWriter() = default;

  // Appends what the stream begins with.
  virtual void Begin(Buffer& out) = 0;
  // Appends the current row of `cursor`, which has `columns` columns.
  virtual void Write(const RowCursor& cursor, size_t columns, Buffer& out) = 0;
  // Appends what the stream ends with.
  virtual void End(Buffer& out) = 0;
};

std::unique_ptr<RowWriter> MakeRowWriter(WireFormat format);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_WIRE_ROW_WRITER_H_
