// From rows to the archive: batches that connections have filled are encoded
// and compressed by threads of their own, and what comes out is written by one
// more. No stage waits for the next one as long as there is memory.
//
// Order: construction; for each part of a table a BatchSource; Finish.
//
// Thread-safe, save that one BatchSource is one thread's, and Finish comes
// last.

#ifndef PGBALE_ENGINE_DUMP_CHUNK_PIPELINE_H_
#define PGBALE_ENGINE_DUMP_CHUNK_PIPELINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/queue.h"
#include "base/sched/memory_budget.h"
#include "base/sched/progress.h"
#include "engine/dump/chunk_plans.h"
#include "format/archive_writer.h"
#include "format/chunk.h"
#include "format/entry.h"
#include "format/row_batch.h"

namespace pgbale {

// What threads took for each stage, all of them together.
struct StageSeconds {
  double receive = 0;  // until rows came, and were taken apart
  double wait = 0;     // until there was memory for them
  double encode = 0;
  double write = 0;

  StageSeconds& operator+=(const StageSeconds& other) {
    receive += other.receive;
    wait += other.wait;
    encode += other.encode;
    write += other.write;
    return *this;
  }
};

class ChunkPipeline {
 public:
  struct Options {
    ChunkOptions chunk;
    int encoders = 1;
    // What batches and chunks may take in memory, all together; a single row
    // that is larger passes nonetheless, one at a time for each connection.
    uint64_t memory_bytes = 0;
    // A batch ends with the row that takes it to this size.
    uint64_t batch_raw_bytes = 0;
  };

  // `writer`, `progress` and `cancel` must outlive the pipeline. The first
  // error of the writer cancels `cancel`.
  ChunkPipeline(ArchiveWriter& writer, Progress& progress, CancelToken& cancel,
                const Options& options);
  // Without Finish: what is not written yet is dropped.
  ~ChunkPipeline();
  ChunkPipeline(const ChunkPipeline&) = delete;
  ChunkPipeline& operator=(const ChunkPipeline&) = delete;

  const Options& options() const { return options_; }

  // Waits until all that was submitted is written; the first error, or what
  // the token was cancelled with.
  absl::Status Finish();

  // Of what has ended; all of it after Finish.
  StageSeconds stage_seconds() const;

 private:
  friend class BatchSource;
  class TableChunks;
  struct FilledBatch;
  struct EncodedBatch;

  // What the parts of one table share; it lives as long as one of them or one
  // of their batches.
  std::shared_ptr<TableChunks> ChunksOf(const Entry& entry)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Encode();
  void Write();
  void EndThreads();

  ArchiveWriter& writer_;
  Progress& progress_;
  CancelToken& cancel_;
  const Options options_;
  MemoryBudget budget_;
  ChunkPlans plans_;
  SecondsSum receive_, wait_, encode_, write_;
  // The budget bounds them, not their number.
  BoundedQueue<FilledBatch> filled_;
  BoundedQueue<EncodedBatch> encoded_;
  Mutex mu_;
  absl::flat_hash_map<uint32_t, std::weak_ptr<TableChunks>> tables_
      ABSL_GUARDED_BY(mu_);
  std::vector<std::thread> encoders_;
  std::thread write_thread_;
};

// Takes the rows of one part of a table. What passes while it lives, save for
// waits for memory, counts as receiving.
class BatchSource {
 public:
  // Waits for memory. `entry` must outlive the pipeline. `first_page` is that
  // of the part: its batches take their places behind those of lower ones.
  BatchSource(ChunkPipeline& pipeline, const Entry& entry,
              uint64_t first_page = 0);
  ~BatchSource();
  BatchSource(const BatchSource&) = delete;
  BatchSource& operator=(const BatchSource&) = delete;

  // Gives the rows of `batch` to the encoders and puts an empty one of the same
  // columns in its place; waits for memory. A batch without rows is left as it
  // is. Errors: what the token was cancelled with.
  absl::Status Submit(RowBatch& batch);

 private:
  ChunkPipeline& pipeline_;
  const std::shared_ptr<ChunkPipeline::TableChunks> chunks_;
  const Stopwatch life_;
  double waited_seconds_ = 0;
  MemoryClaim claim_;
  uint64_t next_place_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_CHUNK_PIPELINE_H_
