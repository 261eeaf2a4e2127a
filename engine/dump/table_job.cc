#include "engine/dump/table_job.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"
#include "base/pg/session.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/dump/copy_rows.h"
#include "engine/dump/copy_statement.h"
#include "format/row_batch.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

using Parts = absl::Span<const TablePart* const>;

// "public.t", or "public.t, pages 0-8191".
std::string NameOf(const TablePart& part) {
  const std::string name = Quoted(part.entry->schema, part.entry->name);
  if (part.pages.is_all()) return name;
  const std::string last = part.pages.end.has_value()
                               ? absl::StrCat("-", *part.pages.end - 1)
                               : " and up";
  return absl::StrCat(name, ", pages ", part.pages.first, last);
}

absl::Status AnnotateTable(const absl::Status& status, const TablePart& part) {
  if (!part.table.empty()) return Annotate(status, "large objects");
  return Annotate(status, absl::StrCat("table ", Quoted(part.entry->schema,
                                                        part.entry->name)));
}

// Of what concerns all of `parts`.
absl::Status AnnotateTables(const absl::Status& status, Parts parts) {
  const absl::Status named = AnnotateTable(status, *parts.front());
  if (parts.size() == 1) return named;
  return Annotate(named,
                  absl::StrCat(parts.size(), " tables, the first of them"));
}

// As SQL names it.
std::string TableOf(const TablePart& part) {
  return part.table.empty()
             ? pg::QualifiedName(part.entry->schema, part.entry->name)
             : pg::QualifiedName("pg_catalog", part.table);
}

// A schema may be renamed although its tables are locked: what we are about to
// read by name must be what the catalog was read for.
absl::Status CheckSameTables(pg::Connection& connection, Parts parts) {
  std::vector<std::string> wanted;
  std::vector<pg::Parameter> names;
  for (const TablePart* part : parts) {
    names.push_back(TableOf(*part));
    wanted.push_back(absl::StrCat("pg_catalog.to_regclass($", names.size(),
                                  ")::pg_catalog.oid"));
  }
  const absl::StatusOr<pg::Result> result = connection.Query(
      absl::StrCat("SELECT ", absl::StrJoin(wanted, ", ")), names);
  if (!result.ok()) return AnnotateTables(result.status(), parts);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (result->row(0).oid(static_cast<int>(i)) == parts[i]->source->relation)
      continue;
    return AnnotateTable(
        WithHint(
            MakeError(Failure::kError, "its name means another table by now"),
            "A schema was renamed while the dump ran; dump again."),
        *parts[i]);
  }
  return absl::OkStatus();
}

std::string CopyStatementOf(const TablePart& part) {
  if (!part.table.empty())
    return CopyLargeObjectsStatement(part.table, part.pages);
  return CopyTableStatement(
      *part.entry,
      part.pages.is_all() ? part.source->condition : part.pages.Condition(),
      part.source->foreign);
}

// How far a connection came: the first `whole` parts, and perhaps `some_rows`
// of the next one, are with the encoders.
struct Copied {
  size_t whole = 0;
  bool some_rows = false;
  absl::Status status;
};

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

// `connection` holds the locks of `parts`, or they need none.
Copied CopyParts(const TableJobContext& context, Parts parts,
                 pg::Connection& connection) {
  Copied copied;
  // The name of a table of the system stays what it is.
  if (parts.front()->table.empty())
    copied.status = CheckSameTables(connection, parts);
  while (copied.status.ok() && copied.whole < parts.size()) {
    const TablePart& part = *parts[copied.whole];
    copied.some_rows = false;
    copied.status = AnnotateTable(
        CopyPart(context, part, connection, copied.some_rows), part);
    if (!copied.status.ok()) break;
    ++copied.whole;
    ++context.progress.jobs_done;
    spdlog::info("{}: done", NameOf(part));
  }
  return copied;
}

// The server locks no foreign table on demand, and only who asked for its rows
// may have its wrapper's code run.
absl::Status CopyForeignTable(const TableJobContext& context, Parts part,
                              int worker) {
  pg::Connection& connection = context.sessions.worker(worker);
  RETURN_IF_ERROR(pg::AllowForeignTables(connection, true));
  RETURN_IF_ERROR(CopyParts(context, part, connection).status);
  return pg::AllowForeignTables(connection, false);
}

absl::StatusOr<bool> LockByWorker(DumpSessions& sessions, Parts parts,
                                  int worker) {
  std::vector<std::string> tables;
  for (const TablePart* part : parts)
    tables.push_back(absl::StrCat("ONLY ", TableOf(*part)));
  return sessions.LockByWorker(worker, tables);
}

absl::Status CopyByLeader(const TableJobContext& context, Parts parts) {
  for (const TablePart* part : parts)
    spdlog::info("{}: read by the leader", NameOf(*part));
  MutexLock lock(context.sessions.leader_mu());
  return CopyParts(context, parts, context.sessions.leader()).status;
}

// COPY locks more than its table: what the types of its columns are made of.
absl::Status CopyByWorker(const TableJobContext& context, Parts parts,
                          int worker) {
  DumpSessions& sessions = context.sessions;
  const Copied copied = CopyParts(context, parts, sessions.worker(worker));
  if (SqlStateOf(copied.status) != pg::kOutOfMemory || copied.some_rows ||
      sessions.single()) {
    return copied.status;
  }
  RETURN_IF_ERROR(sessions.GiveUpLocks(worker));
  return CopyByLeader(context, parts.subspan(copied.whole));
}

}  // namespace

absl::Status RunTableJob(const TableJobContext& context, Parts parts,
                         int worker) {
  if (parts.front()->source->foreign)
    return CopyForeignTable(context, parts, worker);
  const absl::StatusOr<bool> locked =
      LockByWorker(context.sessions, parts, worker);
  if (!locked.ok()) return AnnotateTables(locked.status(), parts);
  if (*locked) return CopyByWorker(context, parts, worker);
  if (parts.size() == 1) return CopyByLeader(context, parts);
  // It may be one of them only.
  for (size_t i = 0; i < parts.size(); ++i)
    RETURN_IF_ERROR(RunTableJob(context, parts.subspan(i, 1), worker));
  return absl::OkStatus();
}

}  // namespace pgbale
