// Copies a database from one server into another: the story of `pgbale copy`.
//
// What happens, in order: connections to the source are made and share one
// snapshot, its catalog is read and its tables are locked, as for a dump; the
// target is checked and all that is in the way is listed; then the plan of a
// restore runs, in which rows go from COPY TO to COPY FROM as the source sends
// them. When the last ones are committed, the source is left alone; indexes of
// other tables have been built meanwhile.

#ifndef PGBALE_ENGINE_COPY_COPY_H_
#define PGBALE_ENGINE_COPY_COPY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "base/sched/progress.h"
#include "catalog/options.h"
#include "engine/dump/data_format.h"
#include "restore/dry_run.h"
#include "restore/restore.h"

namespace pgbale {

struct CopyOptions {
  // Its cancel token is replaced by the one that Copy is given.
  pg::ConnectOptions source;
  CatalogOptions catalog;
  // Try a source that is newer than all that are known.
  bool allow_newer_server = false;
  bool serializable_deferrable = false;  // see DumpOptions
  // Octets of rows a second that are taken from the source, all connections
  // together; 0: as many as it sends.
  uint64_t rate_limit_bytes = 0;
  // Connections to either server; 0: as many as the source's size is worth
  // (engine/dump/sessions.h).
  int jobs = 0;
  // kAuto: binary where the catalog says that it means the same elsewhere, and
  // the target is not older than the source: what that does not know yet must
  // be an error, as it is in text.
  DataFormat data_format = DataFormat::kAuto;
  // The target, and how it is written to. What is selected is what `catalog`
  // selects; `jobs`, and all about archives and journals, is not looked at.
  RestoreOptions restore;
};

struct CopySummary {
  RestoreSummary restored;
  double catalog_seconds = 0;  // snapshot, locks, definitions
  double total_seconds = 0;
  // Of the source: what the user must know; the exit code is 3.
  std::vector<std::string> warnings;
};

// Errors: those of Dump and Restore; kUsage if source and target are the same
// database. They say which server they are of. With exit_on_error = false, only
// the target's are passed over. What was committed before an error stays.
// No backend of ours runs any more when this returns.
absl::StatusOr<CopySummary> Copy(const CopyOptions& options,
                                 CancelToken& cancel, Progress& progress);

// What Copy would do; nothing is written. Rows and sizes are the source's
// estimates.
absl::StatusOr<DryRunReport> DryRunCopy(const CopyOptions& options,
                                        CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_COPY_COPY_H_
