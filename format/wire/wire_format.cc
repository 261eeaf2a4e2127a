#include "absl/strings/match.h"
#include "format/entry_codec.h"
#include "format/types/type_codec.h"
#include "format/wire/copy_binary.h"
#include "format/wire/copy_text.h"
#include "format/wire/row_parser.h"
#include "format/wire/row_writer.h"

namespace pgbale {
namespace {

// Arrays of any type, and domains over those of built-in types.
bool IsArray(const DataColumn& column) {
  const BuiltInType* const type = FindBuiltInType(column.type_oid);
  return absl::EndsWith(type != nullptr ? type->name : column.type, "[]");
}

std::vector<size_t> ArraysOf(const TableData& data) {
  std::vector<size_t> arrays;
  for (size_t i = 0; i < data.columns.size(); ++i)
    if (IsArray(data.columns[i])) arrays.push_back(i);
  return arrays;
}

}  // namespace

std::unique_ptr<RowParser> MakeRowParser(const TableData& data) {
  if (data.format == WireFormat::kText)
    return std::make_unique<TextRowParser>(WidthsOf(data));
  return std::make_unique<BinaryRowParser>(WidthsOf(data), ArraysOf(data));
}

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
