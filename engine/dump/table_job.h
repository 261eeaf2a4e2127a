// Copies the rows of one part of a table from a connection to the encoders.

#ifndef PGBALE_ENGINE_DUMP_TABLE_JOB_H_
#define PGBALE_ENGINE_DUMP_TABLE_JOB_H_

#include "absl/status/status.h"
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

// Copies the rows of `part` by the connection of `worker`, or by the leader's
// if somebody waits to change the table and the worker can get no lock. Errors
// name the table.
absl::Status RunTableJob(const TableJobContext& context, const TablePart& part,
                         int worker);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_TABLE_JOB_H_
