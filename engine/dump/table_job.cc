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

// The rows of `statement` to the encoders, as rows of `entry`.
absl::Status CopyToChunks(const TableJobContext& context,
                          pg::Connection& connection, const Entry& entry,
                          absl::string_view statement) {
  BatchSource batches(context.pipeline, entry);
  return CopyRows(
      connection, statement, *entry.data,
      context.pipeline.options().batch_raw_bytes, context.cancel,
      [&](RowBatch& batch) { return batches.Submit(batch); },
      context.rate_limit);
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
absl::StatusOr<bool> LockByWorker(DumpSessions& sessions,
                                  absl::string_view table, int worker) {
  if (sessions.single()) return true;
  const absl::Status locked = sessions.worker(worker).Execute(
      absl::StrCat("LOCK TABLE ONLY ", table, " IN ACCESS SHARE MODE NOWAIT"));
  if (locked.ok()) return true;
  if (SqlStateOf(locked) != kLockNotAvailable) return locked;
  RETURN_IF_ERROR(sessions.BeginAgain(worker));
  return false;
}

// The server locks no foreign table on demand, and only who asked for its rows
// may have its wrapper's code run.
absl::Status CopyForeignTable(const TableJobContext& context,
                              const TablePart& part, int worker) {
  const Entry& entry = *part.entry;
  pg::Connection& connection = context.sessions.worker(worker);
  RETURN_IF_ERROR(CheckSameTable(connection, entry, part.source->relation));
  RETURN_IF_ERROR(pg::AllowForeignTables(connection, true));
  RETURN_IF_ERROR(
      CopyToChunks(context, connection, entry,
                   CopyTableStatement(entry, part.source->condition, true)));
  return pg::AllowForeignTables(connection, false);
}

// `connection` holds a lock.
absl::Status CopyLockedTable(const TableJobContext& context,
                             const TablePart& part,
                             pg::Connection& connection) {
  const Entry& entry = *part.entry;
  RETURN_IF_ERROR(CheckSameTable(connection, entry, part.source->relation));
  return CopyToChunks(
      context, connection, entry,
      CopyTableStatement(entry, part.pages.is_all() ? part.source->condition
                                                    : part.pages.Condition()));
}

absl::Status CopyLargeObjects(const TableJobContext& context,
                              const TablePart& part,
                              pg::Connection& connection) {
  return CopyToChunks(context, connection, *part.entry,
                      CopyLargeObjectsStatement(part.table, part.pages));
}

// By the connection of `worker`, or else by the leader's.
absl::Status CopyLocked(const TableJobContext& context, const TablePart& part,
                        int worker) {
  const bool is_table = part.table.empty();
  const std::string table =
      is_table ? pg::QualifiedName(part.entry->schema, part.entry->name)
               : pg::QualifiedName("pg_catalog", part.table);
  const auto copy = is_table ? CopyLockedTable : CopyLargeObjects;
  ASSIGN_OR_RETURN(const bool by_worker,
                   LockByWorker(context.sessions, table, worker));
  if (by_worker) return copy(context, part, context.sessions.worker(worker));
  spdlog::info("{}: somebody waits to change it, read by the leader",
               Printable(table));
  MutexLock lock(context.sessions.leader_mu());
  return copy(context, part, context.sessions.leader());
}

// "public.t", or "public.t, pages 0-8191".
std::string NameOf(const TablePart& part) {
  const std::string name = Quoted(part.entry->schema, part.entry->name);
  if (part.pages.is_all()) return name;
  const std::string last = part.pages.end.has_value()
                               ? absl::StrCat("-", *part.pages.end - 1)
                               : " and up";
  return absl::StrCat(name, ", pages ", part.pages.first, last);
}

}  // namespace

absl::Status RunTableJob(const TableJobContext& context, const TablePart& part,
                         int worker) {
  const Entry& entry = *part.entry;
  const absl::Status status =
      Annotate(part.source->foreign ? CopyForeignTable(context, part, worker)
                                    : CopyLocked(context, part, worker),
               part.table.empty()
                   ? absl::StrCat("table ", Quoted(entry.schema, entry.name))
                   : "large objects");
  if (!status.ok()) return status;
  ++context.progress.jobs_done;
  spdlog::info("{}: done", NameOf(part));
  return status;
}

}  // namespace pgbale
