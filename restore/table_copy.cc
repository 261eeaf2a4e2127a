#include "restore/table_copy.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/pg/copy.h"
#include "base/pg/quote.h"
#include "base/status.h"
#include "format/row_batch.h"
#include "format/wire/row_writer.h"
#include "restore/passing_table.h"

namespace pgbale {
namespace {

// Larger pieces save no time, and have left the processor's cache when they
// are sent.
constexpr size_t kSendBytes = 256 << 10;

absl::Status SendBatch(const RowBatch& batch, RowWriter& writer, Buffer& buffer,
                       pg::CopyIn& copy) {
  const size_t columns = batch.columns().size();
  RowCursor cursor(batch);
  while (cursor.Next()) {
    writer.Write(cursor, columns, buffer);
    if (buffer.size() < kSendBytes) continue;
    RETURN_IF_ERROR(copy.Put(buffer));
    buffer.clear();
  }
  return absl::OkStatus();
}

absl::Status SendAll(EntryRows& rows, pg::CopyIn& copy) {
  const std::unique_ptr<RowWriter> writer =
      MakeRowWriter(rows.entry().data->format);
  Buffer buffer;
  buffer.reserve(kSendBytes);
  writer->Begin(buffer);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<RowBatch> batch, rows.Next());
    if (!batch.has_value()) break;
    RETURN_IF_ERROR(SendBatch(*batch, *writer, buffer, copy));
  }
  writer->End(buffer);
  return copy.Put(buffer);
}

}  // namespace

std::string CopyFromStatement(const TableData& data, Freeze freeze) {
  std::string columns = ColumnNames(data);
  // An empty list is no syntax.
  if (!columns.empty()) columns = absl::StrCat(" (", columns, ")");
  std::vector<absl::string_view> options;
  if (data.format == WireFormat::kBinary) options.push_back("FORMAT binary");
  if (freeze == Freeze::kYes) options.push_back("FREEZE");
  return absl::StrCat(
      "COPY ", pg::QualifiedName(data.schema, data.relation), columns,
      " FROM STDIN",
      options.empty() ? ""
                      : absl::StrCat(" (", absl::StrJoin(options, ", "), ")"));
}

absl::Status CopyTable(pg::Connection& connection, EntryRows& rows,
                       Freeze freeze) {
  return CopyTable(connection, rows, *rows.entry().data, freeze);
}

absl::Status CopyTable(pg::Connection& connection, EntryRows& rows,
                       const TableData& into, Freeze freeze) {
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::CopyIn> copy,
                   connection.BeginCopyIn(CopyFromStatement(into, freeze)));
  const uint64_t before = rows.rows();
  RETURN_IF_ERROR(SendAll(rows, *copy));
  ASSIGN_OR_RETURN(const uint64_t stored, copy->Finish());
  return CheckStored(stored, rows.rows() - before);
}

absl::Status CheckStored(uint64_t stored, uint64_t sent) {
  if (stored == sent) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError, absl::StrCat("the server stored ", stored,
                                              " of ", sent, " rows")),
      "Does a trigger or a rule of the table keep rows away?");
}

}  // namespace pgbale
