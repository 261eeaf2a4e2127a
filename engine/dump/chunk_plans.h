// The plans by which columns are encoded, from chunk to chunk and from table to
// table: what was chosen for one partition serves for the next, and what was
// chosen for a table of one tenant for those of the others.
//
// Thread-safe.

#ifndef PGBALE_ENGINE_DUMP_CHUNK_PLANS_H_
#define PGBALE_ENGINE_DUMP_CHUNK_PLANS_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "format/chunk.h"
#include "format/entry.h"

namespace pgbale {

class ChunkPlans {
 public:
  // A plan for a chunk of such a table: one that was given back for a table
  // with equal columns, or a new one. It is the caller's until given back.
  ChunkPlan Take(const TableData& data) ABSL_LOCKS_EXCLUDED(mu_);
  void Give(const TableData& data, ChunkPlan plan) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  // By the columns.
  absl::flat_hash_map<std::string, std::vector<ChunkPlan>> plans_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_CHUNK_PLANS_H_
