#include "engine/dump/dump.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/pg/sqlstate.h"
#include "base/sched/job_graph.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/dangling.h"
#include "catalog/definition_state.h"
#include "catalog/locks.h"
#include "catalog/reader.h"
#include "engine/dump/chunk_pipeline.h"
#include "engine/dump/leader_watch.h"
#include "engine/dump/lock_monitor.h"
#include "engine/dump/sessions.h"
#include "engine/dump/source_info.h"
#include "engine/dump/table_job.h"
#include "engine/dump/table_parts.h"
#include "engine/dump/wire_choice.h"
#include "format/archive_writer.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// New snapshots before a dump gives up on a database that changes all the
// time.
constexpr int kSnapshotsMax = 5;

// Compression gains nothing from larger chunks (docs/format.md), and a reader
// of few rows has less to decode in smaller ones.
constexpr uint64_t kChunkRawBytes = uint64_t{4} << 20;
constexpr uint64_t kChunkRawBytesMin = uint64_t{256} << 10;
// Each connection fills a batch and each encoder empties one, which makes a
// chunk; as many again wait between them, or nobody would ever find work.
constexpr uint64_t kCopiesOfChunk = 8;

ChunkPipeline::Options PipelineOptions(const DumpOptions& options, int jobs) {
  const int encoders = Processors();
  const uint64_t share = options.memory_bytes / kCopiesOfChunk /
                         static_cast<uint64_t>(jobs + encoders);
  return {
      .chunk = {options.compression_level},
      .encoders = encoders,
      .memory_bytes = options.memory_bytes,
      .batch_raw_bytes = std::clamp(share, kChunkRawBytesMin, kChunkRawBytes)};
}

absl::StatusOr<std::unique_ptr<Sink>> OpenOutput(const DumpOptions& options) {
  if (options.output.empty() || options.output == "-")
    return MakeDescriptorSink(STDOUT_FILENO, "standard output");
  return OpenFileSink(options.output, options.file);
}

// Functions of the server that give a definition as text see what is
// committed, not the snapshot: of what was dropped or renamed since, they say
// that it does not exist (class 42, 3F000), or fail altogether (XX000, "cache
// lookup failed").
bool MayBeSchemaChange(const absl::Status& status) {
  const std::string sqlstate = SqlStateOf(status);
  return IsSchemaChange(status) || sqlstate == "XX000" || sqlstate == "3F000" ||
         sqlstate == pg::kDeadlockDetected ||
         (absl::StartsWith(sqlstate, "42") &&
          sqlstate != pg::kInsufficientPrivilege);
}

std::string DescribeChange(const absl::Status& status) {
  return IsSchemaChange(status) ? std::string(status.message())
                                : "definitions changed while they were read";
}

// The error of a catalog that refers to what does not exist, with what does;
// else `otherwise`.
absl::Status NameDangling(const absl::Status& status, DumpSessions& sessions,
                          const absl::Status& otherwise) {
  const std::vector<std::string> lines =
      DescribeDangling(*sessions.ForCatalog().fresh);
  if (lines.empty()) return otherwise;
  return WithHint(
      MakeError(FailureOf(status),
                absl::StrCat(status.message(), "\nthe catalog is damaged:\n  ",
                             absl::StrJoin(lines, "\n  "))),
      "Drop these objects, or make again what they refer to, then dump.");
}

// Another session's snapshot stays what it is.
absl::Status ChangedSince(const absl::Status& status,
                          const std::string& snapshot) {
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat("snapshot ", Quoted(snapshot),
                             " cannot be dumped any more: ", status.message())),
      "No definitions may change between the export of a snapshot and its "
      "dump; export a new one.");
}

absl::Status GaveUp(const absl::Status& status, DumpSessions& sessions) {
  const absl::Status error = WithHint(
      MakeError(Failure::kCancelled,
                absl::StrCat("gave up after ", kSnapshotsMax,
                             " snapshots: ", DescribeChange(status))),
      "Definitions change all the time; try again, best when no migration "
      "runs.");
  return IsSchemaChange(status) ? error : NameDangling(status, sessions, error);
}

absl::StatusOr<CatalogDump> TryReadCatalog(DumpSessions& sessions,
                                           const CatalogOptions& options,
                                           CancelToken& cancel) {
  RETURN_IF_ERROR(sessions.Begin());
  // An error in one try must not cancel the next one, but a signal must end
  // any of them.
  CancelToken attempt;
  const uint64_t id = cancel.AddCallback(
      [&attempt] { attempt.Cancel(MakeError(Failure::kError, "cancelled")); });
  absl::StatusOr<CatalogDump> catalog =
      ReadCatalog(sessions.ForCatalog(), options, attempt);
  cancel.RemoveCallback(id);
  return catalog;
}

// Reads the catalog and locks the tables, with a new snapshot for as long as
// definitions change while they are read. From the second try on it is known
// whether they did, so that an error of another cause is told as it is.
absl::StatusOr<CatalogDump> ReadLockedCatalog(DumpSessions& sessions,
                                              const DumpOptions& options,
                                              CancelToken& cancel) {
  CatalogOptions wanted = options.catalog;
  if (sessions.in_recovery() &&
      wanted.unlogged_data == CatalogOptions::Unlogged::kYes) {
    wanted.unlogged_data = CatalogOptions::Unlogged::kNotThere;
  }
  std::optional<DefinitionState> before;
  for (int snapshot = 1;; ++snapshot) {
    absl::StatusOr<CatalogDump> catalog =
        TryReadCatalog(sessions, wanted, cancel);
    if (catalog.ok() || !MayBeSchemaChange(catalog.status())) return catalog;
    if (!options.snapshot.empty())
      return ChangedSince(catalog.status(), options.snapshot);
    const absl::Status& status = catalog.status();
    pg::Connection& fresh = *sessions.ForCatalog().fresh;
    if (before.has_value() && !IsSchemaChange(status)) {
      ASSIGN_OR_RETURN(const DefinitionState after,
                       ReadDefinitionState(fresh, before->horizon));
      if (after == *before) return NameDangling(status, sessions, status);
    }
    if (snapshot == kSnapshotsMax) return GaveUp(status, sessions);
    spdlog::info("{}: trying again with a new snapshot",
                 Printable(DescribeChange(status)));
    // Changes come in bursts.
    RETURN_IF_ERROR(fresh.Execute(
        absl::StrCat("SELECT pg_catalog.pg_sleep(", snapshot, " / 10.0)")));
    ASSIGN_OR_RETURN(before, ReadDefinitionState(fresh));
  }
}

void ExpectWork(const std::vector<TablePart>& parts, Progress& progress) {
  for (const TablePart& part : parts) progress.raw_bytes_total += part.bytes;
  progress.jobs_total += parts.size();
}

// Copies all tables, the largest parts first.
absl::Status CopyTables(const std::vector<TablePart>& parts,
                        const TableJobContext& context, int jobs) {
  const std::vector<PartBundle> bundles = BundleParts(parts);
  JobGraph graph;
  for (const PartBundle& bundle : bundles) {
    Job job;
    const Entry& first = *bundle.front()->entry;
    job.name = Quoted(first.schema, first.name);
    for (const TablePart* part : bundle) job.weight += part->bytes;
    job.run = [&context, &bundle](int worker) {
      return RunTableJob(context, bundle, worker);
    };
    graph.Add(std::move(job));
  }
  RETURN_IF_ERROR(context.sessions.BeginCopying());
  const LeaderWatch watch(context.sessions, context.cancel);
  return graph.Run(jobs, context.cancel);
}

// From the first row to the last chunk.
absl::StatusOr<StageSeconds> WriteRows(const DumpOptions& options,
                                       const std::vector<TablePart>& parts,
                                       DumpSessions& sessions,
                                       ArchiveWriter& writer,
                                       CancelToken& cancel,
                                       Progress& progress) {
  ChunkPipeline pipeline(writer, progress, cancel,
                         PipelineOptions(options, sessions.jobs()));
  RateLimit limit(options.rate_limit_bytes);
  const TableJobContext context{
      sessions, pipeline, progress, cancel,
      options.rate_limit_bytes == 0 ? nullptr : &limit};
  RETURN_IF_ERROR(CopyTables(parts, context, sessions.jobs()));
  RETURN_IF_ERROR(pipeline.Finish());
  return pipeline.stage_seconds();
}

// What the archive holds before the rows.
absl::StatusOr<std::unique_ptr<ArchiveWriter>> BeginArchive(
    DumpSessions& sessions, const CatalogDump& catalog,
    std::unique_ptr<Sink> sink) {
  ASSIGN_OR_RETURN(const ArchiveInfo info,
                   ReadSourceInfo(sessions.leader(), sessions.snapshot(),
                                  catalog.extensions));
  spdlog::info("snapshot of {}, {} entries", info.snapshot_time,
               catalog.entries.size());
  ASSIGN_OR_RETURN(std::unique_ptr<ArchiveWriter> writer,
                   ArchiveWriter::Open(std::move(sink), info));
  RETURN_IF_ERROR(writer->AppendEntries(catalog.entries));
  return writer;
}

absl::StatusOr<DumpSummary> WriteArchive(const DumpOptions& options,
                                         DumpSessions& sessions,
                                         std::unique_ptr<Sink> sink,
                                         CancelToken& cancel,
                                         Progress& progress) {
  const Stopwatch total;
  ASSIGN_OR_RETURN(CatalogDump catalog,
                   ReadLockedCatalog(sessions, options, cancel));
  sessions.CloseFresh();
  ChooseWireFormats(options.data_format, catalog);
  ASSIGN_OR_RETURN(const std::vector<TablePart> parts,
                   PlanTableParts(sessions.leader(), catalog, sessions.jobs()));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveWriter> writer,
                   BeginArchive(sessions, catalog, std::move(sink)));
  const double catalog_seconds = total.seconds();
  ExpectWork(parts, progress);
  ASSIGN_OR_RETURN(
      const StageSeconds stages,
      WriteRows(options, parts, sessions, *writer, cancel, progress));
  RETURN_IF_ERROR(cancel.Check());
  RETURN_IF_ERROR(sessions.CheckLeader());
  const Stopwatch finish;
  RETURN_IF_ERROR(writer->Finish());
  const double finish_seconds = finish.seconds();
  // Not out of `progress`, which other dumps may count in too.
  uint64_t rows = 0, raw_bytes = 0;
  for (const TableTotals& table : writer->directory().tables) {
    rows += table.rows;
    raw_bytes += table.raw_bytes;
  }
  return DumpSummary{
      .entries = catalog.entries.size(),
      .tables = catalog.sources.size(),
      .rows = rows,
      .raw_bytes = raw_bytes,
      .archive_bytes = writer->bytes_written(),
      .catalog_seconds = catalog_seconds,
      .data_seconds = total.seconds() - catalog_seconds,
      .finish_seconds = finish_seconds,
      .stages = stages,
      .total_seconds = total.seconds(),
      .warnings = std::move(catalog.warnings),
  };
}

absl::StatusOr<DumpSummary> OpenAndWrite(const DumpOptions& options,
                                         CancelToken& cancel,
                                         Progress& progress) {
  ASSIGN_OR_RETURN(std::unique_ptr<Sink> sink, OpenOutput(options));
  pg::ConnectOptions source = options.source;
  source.cancel = &cancel;
  ASSIGN_OR_RETURN(
      const std::unique_ptr<DumpSessions> sessions,
      DumpSessions::Open(
          source,
          {.role = options.role,
           .row_security = options.catalog.row_security,
           .jobs = options.jobs,
           .allow_newer_server = options.allow_newer_server,
           .snapshot = options.snapshot,
           .serializable_deferrable = options.serializable_deferrable}));
  const LockMonitor monitor(*sessions,
                            {.blocked_ms_max = options.blocked_ms_max}, cancel);
  return WriteArchive(options, *sessions, std::move(sink), cancel, progress);
}

}  // namespace

absl::StatusOr<DumpSummary> Dump(const DumpOptions& options,
                                 CancelToken& cancel, Progress& progress) {
  absl::StatusOr<DumpSummary> summary = OpenAndWrite(options, cancel, progress);
  // What follows a signal or the first error is its consequence.
  if (!summary.ok() && cancel.cancelled()) return cancel.Check();
  return summary;
}

}  // namespace pgbale
