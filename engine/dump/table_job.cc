#include "engine/dump/table_job.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/pg/session.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/dump/copy_rows.h"
#include "engine/dump/copy_statement.h"
#include "format/row_batch.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

constexpr absl::string_view kLockNotAvailable = "55P03";

absl::Status AppendBatch(const TableJobContext& context, uint32_t entry_id,
                         RowBatch& batch, ChunkPlan& plan) {
  if (batch.rows() == 0) return absl::OkStatus();
  const EncodedChunk chunk = EncodeChunk(batch, context.chunk, plan);
  RETURN_IF_ERROR(context.writer.AppendChunk(entry_id, chunk));
  context.progress.rows += chunk.rows;
  context.progress.raw_bytes += chunk.raw_bytes;
  context.progress.stored_bytes += chunk.payload.size();
  batch.Clear();
  return absl::OkStatus();
}

// The whole stream of `statement` into chunks of `entry`.
absl::Status CopyToChunks(const TableJobContext& context,
                          pg::Connection& connection, const Entry& entry,
                          absl::string_view statement) {
  ChunkPlan plan = PlanFor(*entry.data);
  return CopyRows(connection, statement, *entry.data, context.chunk_raw_bytes,
                  context.cancel, [&](RowBatch& batch) {
                    return AppendBatch(context, entry.id, batch, plan);
                  });
}

// A schema may be renamed although its tables are locked: what we are about to
// read by name must be what the catalog was read for.
absl::Status CheckSameTable(pg::Connection& connection, const Entry& entry,
                            Oid relation) {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid",
                       {{pg::QualifiedName(entry.schema, entry.name)}}));
  if (result.rows() == 1 && result.row(0).oid(0) == relation)
    return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError, "its name means another table by now"),
      "A schema was renamed while the dump ran; dump again.");
}

// True if `worker` holds a lock now; false if the table has to go to the
// leader, which holds one from the beginning.
absl::StatusOr<bool> LockByWorker(DumpSessions& sessions, const Entry& entry,
                                  int worker) {
  const absl::Status locked = sessions.worker(worker).Execute(absl::StrCat(
      "LOCK TABLE ONLY ", pg::QualifiedName(entry.schema, entry.name),
      " IN ACCESS SHARE MODE NOWAIT"));
  if (locked.ok()) return true;
  if (SqlStateOf(locked) != kLockNotAvailable) return locked;
  RETURN_IF_ERROR(sessions.BeginAgain(worker));
  return false;
}

// The server locks no foreign table on demand, and only who asked for its rows
// may have its wrapper's code run.
absl::Status CopyForeignTable(const TableJobContext& context,
                              const Entry& entry, const DataSource& source,
                              int worker) {
  pg::Connection& connection = context.sessions.worker(worker);
  RETURN_IF_ERROR(CheckSameTable(connection, entry, source.relation));
  RETURN_IF_ERROR(pg::AllowForeignTables(connection, true));
  RETURN_IF_ERROR(
      CopyToChunks(context, connection, entry,
                   CopyTableStatement(entry, source.condition, true)));
  return pg::AllowForeignTables(connection, false);
}

absl::Status CopyTable(const TableJobContext& context, const Entry& entry,
                       const DataSource& source, int worker) {
  if (source.foreign) return CopyForeignTable(context, entry, source, worker);
  const std::string statement = CopyTableStatement(entry, source.condition);
  bool by_worker = true;
  if (!context.sessions.single()) {
    ASSIGN_OR_RETURN(by_worker, LockByWorker(context.sessions, entry, worker));
  }
  if (by_worker) {
    pg::Connection& connection = context.sessions.worker(worker);
    RETURN_IF_ERROR(CheckSameTable(connection, entry, source.relation));
    return CopyToChunks(context, connection, entry, statement);
  }
  spdlog::info("{}: somebody waits to change it, read by the leader",
               Quoted(entry.schema, entry.name));
  MutexLock lock(context.sessions.leader_mu());
  pg::Connection& leader = context.sessions.leader();
  RETURN_IF_ERROR(CheckSameTable(leader, entry, source.relation));
  return CopyToChunks(context, leader, entry, statement);
}

absl::Status CopyLargeObjects(const TableJobContext& context,
                              const Entry& entry, int worker) {
  pg::Connection& connection = context.sessions.worker(worker);
  ASSIGN_OR_RETURN(const pg::Result allowed,
                   connection.Query("SELECT pg_catalog.has_table_privilege("
                                    "'pg_catalog.pg_largeobject', 'SELECT')"));
  return CopyToChunks(context, connection, entry,
                      CopyLargeObjectsStatement(allowed.row(0).boolean(0)));
}

}  // namespace

absl::Status RunTableJob(const TableJobContext& context, const Entry& entry,
                         const DataSource& source, int worker) {
  absl::Status status;
  if (entry.data->target == DataTarget::kLargeObjects) {
    status =
        Annotate(CopyLargeObjects(context, entry, worker), "large objects");
  } else {
    status = Annotate(CopyTable(context, entry, source, worker),
                      absl::StrCat("table ", Quoted(entry.schema, entry.name)));
  }
  if (!status.ok()) return status;
  ++context.progress.jobs_done;
  spdlog::info("{}: done", Quoted(entry.schema, entry.name));
  return status;
}

}  // namespace pgbale
