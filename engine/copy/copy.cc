#include "engine/copy/copy.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/sched/rate_limit.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/copy/copy_loader.h"
#include "engine/copy/copy_source.h"
#include "engine/copy/side.h"
#include "restore/job_loader.h"
#include "restore/nothing_changed.h"

namespace pgbale {
namespace {

absl::StatusOr<DatabaseIdentity> LookAtTarget(const CopyOptions& options,
                                              const CopySource& source,
                                              CancelToken& cancel) {
  pg::ConnectOptions connect = options.restore.target;
  connect.cancel = &cancel;
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> connection,
                   pg::Connection::Open(connect));
  ASSIGN_OR_RETURN(DatabaseIdentity target, ReadDatabaseIdentity(*connection));
  if (options.restore.create) target.database = source.identity().database;
  return target;
}

absl::Status CheckNotSame(const DatabaseIdentity& source,
                          const DatabaseIdentity& target) {
  if (!AreSameDatabase(source, target)) return absl::OkStatus();
  return MakeError(Failure::kUsage,
                   absl::StrCat("source and target are the same database, ",
                                Quoted(source.database), ", of the same server",
                                source.server == target.server
                                    ? ""
                                    : ", or of a standby and its primary"));
}

// Opens the source, makes sure that the target is another database, and reads
// what is to be copied.
absl::StatusOr<std::unique_ptr<CopySource>> TryReadSource(
    const CopyOptions& options, CancelToken& cancel) {
  ASSIGN_OR_RETURN(std::unique_ptr<CopySource> source,
                   CopySource::Open(options, cancel));
  const absl::StatusOr<DatabaseIdentity> target =
      LookAtTarget(options, *source, cancel);
  if (!target.ok()) return OfTarget(target.status());
  RETURN_IF_ERROR(CheckNotSame(source->identity(), *target));
  RETURN_IF_ERROR(source->Read(options, target->server_major, cancel));
  return source;
}

// What follows a signal is its consequence.
absl::StatusOr<std::unique_ptr<CopySource>> ReadSource(
    const CopyOptions& options, CancelToken& cancel) {
  absl::StatusOr<std::unique_ptr<CopySource>> source =
      TryReadSource(options, cancel);
  if (!source.ok() && cancel.cancelled()) return cancel.Check();
  return source;
}

// `begun`: the copy has begun to write.
absl::Status WhatStays(const absl::Status& status, bool begun,
                       bool single_transaction) {
  if (!NothingChanged(status))
    return WithLine(status,
                    "what was committed until then stays in the target: make "
                    "the database anew, or copy again with --clean "
                    "--if-exists");
  if (!begun) return status;
  return WithLine(status, single_transaction
                              ? "nothing has changed: it was one transaction"
                              : "nothing has changed");
}

absl::StatusOr<RestoreSummary> RestoreRows(CopySource& source,
                                           const CopyOptions& options,
                                           CancelToken& cancel,
                                           Progress& progress) {
  RestoreOptions restore = options.restore;
  restore.jobs = source.sessions().jobs();
  RateLimit limit(options.rate_limit_bytes);
  const CopyLoaderOptions loader_options{
      .in_transaction = restore.single_transaction,
      .rate_limit = options.rate_limit_bytes == 0 ? nullptr : &limit};
  bool begun = false;
  const LiveRows live{source.info(), source.catalog().entries,
                      source.directory(),
                      [&](ErrorLog& errors) -> std::unique_ptr<JobLoader> {
                        begun = true;
                        return std::make_unique<CopyLoader>(
                            source, loader_options, cancel, errors, progress);
                      }};
  RETURN_IF_ERROR(source.BeginCopying(cancel));
  absl::StatusOr<RestoreSummary> summary =
      Restore(live, restore, cancel, progress);
  if (summary.ok()) return summary;
  return WhatStays(OfTarget(summary.status()), begun,
                   restore.single_transaction);
}

}  // namespace

absl::StatusOr<CopySummary> Copy(const CopyOptions& options,
                                 CancelToken& cancel, Progress& progress) {
  const Stopwatch total;
  ASSIGN_OR_RETURN(const std::unique_ptr<CopySource> source,
                   ReadSource(options, cancel));
  CopySummary summary;
  summary.catalog_seconds = total.seconds();
  ASSIGN_OR_RETURN(summary.restored,
                   RestoreRows(*source, options, cancel, progress));
  summary.warnings = source->catalog().warnings;
  summary.total_seconds = total.seconds();
  return summary;
}

absl::StatusOr<DryRunReport> DryRunCopy(const CopyOptions& options,
                                        CancelToken& cancel) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CopySource> source,
                   ReadSource(options, cancel));
  absl::StatusOr<DryRunReport> report =
      DryRun(source->info(), source->catalog().entries, source->directory(),
             options.restore, cancel);
  if (!report.ok() && cancel.cancelled()) return cancel.Check();
  if (!report.ok()) return OfTarget(report.status());
  report->warnings.insert(report->warnings.end(),
                          source->catalog().warnings.begin(),
                          source->catalog().warnings.end());
  return report;
}

}  // namespace pgbale
