// Rows of a running server, in batches: what a dump encodes and a comparison
// counts.
//
// One thread at a time for each connection.

#ifndef PGBALE_ENGINE_DUMP_COPY_ROWS_H_
#define PGBALE_ENGINE_DUMP_COPY_ROWS_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "base/sched/rate_limit.h"
#include "format/entry.h"
#include "format/row_batch.h"

namespace pgbale {

// Runs `statement`, a COPY TO STDOUT in the columns and the form of `data`, and
// gives its rows to `take`, which clears the batch, whenever they have
// `batch_raw_bytes` octets or a few more rows, and once more at the end,
// perhaps without rows. Errors of the server, of the stream and of `take` end
// it, as does another number of rows than the server says it has sent (kError);
// so does a cancellation, between two batches. `limit` may be null, else
// octets are taken from it as they come.
absl::Status CopyRows(pg::Connection& connection, absl::string_view statement,
                      const TableData& data, uint64_t batch_raw_bytes,
                      CancelToken& cancel,
                      const std::function<absl::Status(RowBatch&)>& take,
                      RateLimit* limit = nullptr);

// Error kError: of `sent` rows that the server says it has sent, others than
// all were taken.
absl::Status CheckSent(uint64_t taken, uint64_t sent);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_COPY_ROWS_H_
