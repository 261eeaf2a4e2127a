// Copies rows of tables from a connection to the encoders.

#ifndef PGBALE_ENGINE_DUMP_TABLE_JOB_H_
#define PGBALE_ENGINE_DUMP_TABLE_JOB_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "base/sched/rate_limit.h"
#include "engine/dump/chunk_pipeline.h"
#include "engine/dump/sessions.h"
#include "engine/dump/table_parts.h"

namespace pgbale {

// What the jobs of one dump share. Everything must outlive the jobs.
struct TableJobContext {
  DumpSessions& sessions;
  ChunkPipeline& pipeline;
  Progress& progress;
  CancelToken& cancel;
  RateLimit* rate_limit;  // of all jobs together; null: none
};

// Copies the rows of `parts` by the connection of `worker`, or by the leader's
// what the worker cannot lock (DumpSessions::LockByWorker). Errors name the
// table.
// REQUIRES: they are one of BundleParts.
absl::Status RunTableJob(const TableJobContext& context,
                         absl::Span<const TablePart* const> parts, int worker);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_TABLE_JOB_H_
