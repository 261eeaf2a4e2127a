// The plans by which columns are encoded, from chunk to chunk and from table to
// table: what was chosen for one partition serves for the next, and what was
// chosen for a table of one tenant for those of the others.
//
// Thread-safe.

#ifndef PGBALE_ENGINE_DUMP_CHUNK_PLANS_H_
#define PGBALE_ENGINE_DUMP_CHUNK_PLANS_H_

#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "format/chunk.h"
#include "format/entry.h"

namespace pgbale {

class ChunkPlans {
 public:
  // A plan for a chunk of such a table: that which was given back last for a
  // table with equal columns, or a new one; while that is not back, others wait
  // for what it chooses, which takes longer than to encode a chunk. Each must
  // be given back.
  ChunkPlan Take(const TableData& data) ABSL_LOCKS_EXCLUDED(mu_);
  void Give(const TableData& data, ChunkPlan plan) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  CondVar given_;
  // By the columns; nullopt: the first one is not back yet.
  absl::flat_hash_map<std::string, std::optional<ChunkPlan>> sorts_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_CHUNK_PLANS_H_
