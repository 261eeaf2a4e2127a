#include "format/wire/copy_binary.h"
#include "format/wire/copy_text.h"
#include "format/wire/row_parser.h"
#include "format/wire/row_writer.h"

namespace pgbale {

std::unique_ptr<RowParser> MakeRowParser(WireFormat format,
                                         absl::Span<const uint32_t> widths) {
  if (format == WireFormat::kBinary)
    return std::make_unique<BinaryRowParser>(widths);
  return std::make_unique<TextRowParser>(widths);
}

std::unique_ptr<RowWriter> MakeRowWriter(WireFormat format) {
  if (format == WireFormat::kBinary) return std::make_unique<BinaryRowWriter>();
  return std::make_unique<TextRowWriter>();
}

}  // namespace pgbale
