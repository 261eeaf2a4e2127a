#include "engine/dump/part_reader.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/quote.h"
#include "base/pg/session.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/dump/copy_statement.h"
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

// How far a connection came: the first `whole` parts, and perhaps `some_rows`
// of the next one, are with who takes them.
struct Progressed {
  size_t whole = 0;
  bool some_rows = false;
  absl::Status status;
};

// `connection` holds the locks of `parts`, or they need none.
Progressed ReadLocked(Parts parts, pg::Connection& connection,
                      const ReadPart& read) {
  Progressed progressed;
  // The name of a table of the system stays what it is.
  if (parts.front()->table.empty())
    progressed.status = CheckSameTables(connection, parts);
  while (progressed.status.ok() && progressed.whole < parts.size()) {
    const TablePart& part = *parts[progressed.whole];
    progressed.some_rows = false;
    progressed.status =
        AnnotateTable(read(part, connection, progressed.some_rows), part);
    if (!progressed.status.ok()) break;
    ++progressed.whole;
    spdlog::info("{}: done", NameOf(part));
  }
  return progressed;
}

// The server locks no foreign table on demand, and only who asked for its rows
// may have its wrapper's code run.
absl::Status ReadForeignTable(DumpSessions& sessions, Parts part, int worker,
                              const ReadPart& read) {
  pg::Connection& connection = sessions.worker(worker);
  RETURN_IF_ERROR(pg::AllowForeignTables(connection, true));
  RETURN_IF_ERROR(ReadLocked(part, connection, read).status);
  return pg::AllowForeignTables(connection, false);
}

absl::StatusOr<bool> LockByWorker(DumpSessions& sessions, Parts parts,
                                  int worker) {
  std::vector<std::string> tables;
  for (const TablePart* part : parts)
    tables.push_back(absl::StrCat("ONLY ", TableOf(*part)));
  return sessions.LockByWorker(worker, tables);
}

absl::Status ReadByLeader(DumpSessions& sessions, Parts parts,
                          const ReadPart& read) {
  for (const TablePart* part : parts)
    spdlog::info("{}: read by the leader", NameOf(*part));
  MutexLock lock(sessions.leader_mu());
  return ReadLocked(parts, sessions.leader(), read).status;
}

// COPY locks more than its table: what the types of its columns are made of.
absl::Status ReadByWorker(DumpSessions& sessions, Parts parts, int worker,
                          const ReadPart& read) {
  const Progressed progressed =
      ReadLocked(parts, sessions.worker(worker), read);
  if (SqlStateOf(progressed.status) != pg::kOutOfMemory ||
      progressed.some_rows || sessions.single()) {
    return progressed.status;
  }
  RETURN_IF_ERROR(sessions.GiveUpLocks(worker));
  return ReadByLeader(sessions, parts.subspan(progressed.whole), read);
}

}  // namespace

std::string CopyStatementOf(const TablePart& part) {
  if (!part.table.empty())
    return CopyLargeObjectsStatement(part.table, part.pages);
  return CopyTableStatement(
      *part.entry,
      part.pages.is_all() ? part.source->condition : part.pages.Condition(),
      part.source->foreign);
}

absl::Status ReadParts(DumpSessions& sessions, Parts parts, int worker,
                       const ReadPart& read) {
  if (parts.front()->source->foreign)
    return ReadForeignTable(sessions, parts, worker, read);
  const absl::StatusOr<bool> locked = LockByWorker(sessions, parts, worker);
  if (!locked.ok()) return AnnotateTables(locked.status(), parts);
  if (*locked) return ReadByWorker(sessions, parts, worker, read);
  if (parts.size() == 1) return ReadByLeader(sessions, parts, read);
  // It may be one of them only.
  for (size_t i = 0; i < parts.size(); ++i)
    RETURN_IF_ERROR(ReadParts(sessions, parts.subspan(i, 1), worker, read));
  return absl::OkStatus();
}

}  // namespace pgbale
