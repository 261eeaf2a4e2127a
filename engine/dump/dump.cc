#include "engine/dump/dump.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/sched/job_graph.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/reader.h"
#include "engine/dump/chunk_pipeline.h"
#include "engine/dump/leader_watch.h"
#include "engine/dump/lock_monitor.h"
#include "engine/dump/locked_catalog.h"
#include "engine/dump/sessions.h"
#include "engine/dump/source_info.h"
#include "engine/dump/table_job.h"
#include "engine/dump/table_parts.h"
#include "engine/dump/wire_choice.h"
#include "format/archive_writer.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

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
  const LeaderWatch watch(context.sessions, [&](const absl::Status& lost) {
    context.cancel.Cancel(lost);
  });
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
  ASSIGN_OR_RETURN(
      CatalogDump catalog,
      ReadLockedCatalog(sessions, options.catalog, options.snapshot, cancel));
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
