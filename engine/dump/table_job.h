// Copies the rows of one data entry from a connection into the archive.

#ifndef PGBALE_ENGINE_DUMP_TABLE_JOB_H_
#define PGBALE_ENGINE_DUMP_TABLE_JOB_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "base/sched/progress.h"
#include "catalog/reader.h"
#include "engine/dump/sessions.h"
#include "format/archive_writer.h"
#include "format/chunk.h"
#include "format/entry.h"

namespace pgbale {

// What the jobs of one dump share. Everything must outlive the jobs.
struct TableJobContext {
  DumpSessions& sessions;
  ArchiveWriter& writer;
  Progress& progress;
  CancelToken& cancel;
  ChunkOptions chunk;
  // A chunk ends with the row that takes it to this size.
  uint64_t chunk_raw_bytes;
};

// Copies the rows of `entry`, whose source is `source`, by the connection of
// `worker`, or by the leader's if somebody waits to change the table and the
// worker can get no lock. Errors name the table.
absl::Status RunTableJob(const TableJobContext& context, const Entry& entry,
                         const DataSource& source, int worker);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_TABLE_JOB_H_
