#include "engine/dump/copy_rows.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "format/entry_codec.h"
#include "format/wire/row_parser.h"

namespace pgbale {

absl::Status CheckSent(uint64_t taken, uint64_t sent) {
  if (taken == sent) return absl::OkStatus();
  return MakeError(Failure::kError,
                   absl::StrCat("of ", sent,
                                " rows that the server says it "
                                "has sent, ",
                                taken, " have come"));
}

absl::Status CopyRows(pg::Connection& connection, absl::string_view statement,
                      const TableData& data, uint64_t batch_raw_bytes,
                      CancelToken& cancel,
                      const std::function<absl::Status(RowBatch&)>& take,
                      RateLimit* limit) {
  const std::vector<uint32_t> widths = WidthsOf(data);
  const std::unique_ptr<RowParser> parser = MakeRowParser(data);
  RowBatch batch(widths);
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::CopyOut> copy,
                   connection.BeginCopyOut(statement));
  uint64_t taken = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<Bytes> piece, copy->Next());
    if (!piece.has_value()) break;
    if (limit != nullptr) RETURN_IF_ERROR(limit->Take(piece->size(), cancel));
    RETURN_IF_ERROR(parser->Parse(*piece, batch));
    if (batch.raw_bytes() < batch_raw_bytes) continue;
    RETURN_IF_ERROR(cancel.Check());
    // A giant row would stand in memory once more while `take` waits.
    copy->FreePiece();
    taken += batch.rows();
    RETURN_IF_ERROR(take(batch));
  }
  RETURN_IF_ERROR(parser->Finish());
  RETURN_IF_ERROR(CheckSent(taken + batch.rows(), copy->rows()));
  return take(batch);
}

}  // namespace pgbale
