#include "engine/dump/table_job.h"

#include "engine/dump/copy_rows.h"
#include "engine/dump/part_reader.h"
#include "format/row_batch.h"

namespace pgbale {
namespace {

absl::Status CopyPart(const TableJobContext& context, const TablePart& part,
                      pg::Connection& connection, bool& some_rows) {
  BatchSource batches(context.pipeline, *part.entry, part.pages.first);
  return CopyRows(
      connection, CopyStatementOf(part), *part.entry->data,
      context.pipeline.options().batch_raw_bytes, context.cancel,
      [&](RowBatch& batch) {
        some_rows = true;
        return batches.Submit(batch);
      },
      context.rate_limit);
}

}  // namespace

absl::Status RunTableJob(const TableJobContext& context,
                         absl::Span<const TablePart* const> parts, int worker) {
  return ReadParts(context.sessions, parts, worker,
                   [&context](const TablePart& part, pg::Connection& connection,
                              bool& some_rows) {
                     absl::Status status =
                         CopyPart(context, part, connection, some_rows);
                     if (status.ok()) ++context.progress.jobs_done;
                     return status;
                   });
}

}  // namespace pgbale
