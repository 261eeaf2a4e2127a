#include "engine/dump/copy_rows.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "format/entry_codec.h"
#include "format/wire/row_parser.h"

namespace pgbale {
namespace {

// A limit is asked once for many messages.
constexpr uint64_t kTakenOctets = 64 << 10;

}  // namespace

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
  uint64_t untaken = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<Bytes> message, copy->Next());
    if (!message.has_value()) break;
    untaken += message->size();
    if (limit != nullptr && untaken >= kTakenOctets)
      RETURN_IF_ERROR(limit->Take(std::exchange(untaken, 0), cancel));
    RETURN_IF_ERROR(parser->Parse(*message, batch));
    if (batch.raw_bytes() < batch_raw_bytes) continue;
    RETURN_IF_ERROR(cancel.Check());
    // A giant row would stand in memory once more while `take` waits.
    copy->FreeMessage();
    RETURN_IF_ERROR(take(batch));
  }
  RETURN_IF_ERROR(parser->Finish());
  return take(batch);
}

}  // namespace pgbale
