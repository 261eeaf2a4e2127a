// Dumps a database into an archive: the story of `pgbale dump`.
//
// What happens, in order: the output is opened, connections are made and
// checked, one snapshot is taken for all of them, the catalog is read and the
// tables locked, the entries are written, then each table is copied by
// whichever connection is free, and the archive is finished.

#ifndef PGBALE_ENGINE_DUMP_DUMP_H_
#define PGBALE_ENGINE_DUMP_DUMP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/io/file.h"
#include "base/pg/connection.h"
#include "base/sched/progress.h"
#include "catalog/options.h"
#include "engine/dump/chunk_pipeline.h"
#include "engine/dump/data_format.h"

namespace pgbale {

struct DumpOptions {
  pg::ConnectOptions source;  // its `cancel` is set by Dump
  std::string role;           // SET ROLE; empty: as logged in
  CatalogOptions catalog;
  // Try a server that is newer than all that are known.
  bool allow_newer_server = false;
  // Give up when somebody has waited for a table that the dump has locked for
  // longer than this; 0: never.
  int64_t blocked_ms_max = 0;
  // A snapshot that another session has exported; empty: a new one.
  std::string snapshot;
  // Wait for a snapshot that no serializable transaction can contradict.
  bool serializable_deferrable = false;
  // Octets of rows a second that are taken from the server, all jobs together;
  // 0: as many as it sends.
  uint64_t rate_limit_bytes = 0;
  // Connections that read tables; 0: as many as its size is worth
  // (engine/dump/sessions.h). More than one: one more holds the locks.
  int jobs = 1;
  DataFormat data_format = DataFormat::kAuto;
  // zstd's level, 1 … 19; 0 stores uncompressed.
  int compression_level = 1;
  // What rows may take in memory on their way to the archive, save for a
  // single row that is larger. Less than 1 MiB for each job is rounded up.
  uint64_t memory_bytes = uint64_t{1} << 30;
  // The archive's path; "-" or empty: standard output.
  std::string output;
  FileSinkOptions file;
};

struct DumpSummary {
  uint64_t entries = 0;
  uint64_t tables = 0;  // data entries, large objects among them
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;      // as the server sent the rows
  uint64_t archive_bytes = 0;  // of the whole archive
  double catalog_seconds = 0;  // snapshot, locks, definitions
  double data_seconds = 0;
  // Of these the last: directory, footer, until the disk has them.
  double finish_seconds = 0;
  // Within data_seconds, of all threads together.
  StageSeconds stages;
  double total_seconds = 0;
  // What the user must know; the archive stands, the exit code is 3.
  std::vector<std::string> warnings;
};

// Returns when the archive is complete and durable; after an error nothing
// stands under its name. The first error, or what cancels `cancel`, ends all
// connections' work and is returned. `progress` counts while it runs.
absl::StatusOr<DumpSummary> Dump(const DumpOptions& options,
                                 CancelToken& cancel, Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_DUMP_H_
