// Reads, checks and decodes the chunks of an archive on threads of its own, as
// many as there are processors, so that a connection's thread only sends.
//
// Thread-safe.

#ifndef PGBALE_RESTORE_CHUNK_DECODERS_H_
#define PGBALE_RESTORE_CHUNK_DECODERS_H_

#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/queue.h"
#include "base/sched/memory_budget.h"
#include "format/archive_reader.h"
#include "format/directory.h"
#include "format/row_batch.h"

namespace pgbale {

// Rows, and the memory that they take.
struct DecodedChunk {
  absl::StatusOr<RowBatch> batch;
  MemoryClaim claim;
};

class ChunkDecoders {
 public:
  // `reader` and `cancel` must outlive the object. What is read ahead takes at
  // most `memory_octets`, save for a single chunk that is larger.
  ChunkDecoders(const ArchiveReader& reader, CancelToken& cancel, int threads,
                uint64_t memory_octets);
  // REQUIRES: nobody waits for a chunk
  ~ChunkDecoders();
  ChunkDecoders(const ChunkDecoders&) = delete;
  ChunkDecoders& operator=(const ChunkDecoders&) = delete;

  const ArchiveReader& reader() const { return reader_; }
  // How many chunks one connection needs ahead, that all threads have work.
  size_t chunks_ahead() const { return threads_.size() + 1; }

  // Begins to read `chunk`, which must live until the result is there. Waits
  // for memory. REQUIRES: the caller holds no chunk, decoded or begun: else all
  // might wait for each other.
  std::future<DecodedChunk> Begin(const ChunkRef& chunk);
  // Likewise, but nullopt if there is no memory for it now.
  std::optional<std::future<DecodedChunk>> TryBegin(const ChunkRef& chunk);

  uint64_t octets_peak() const { return budget_.bytes_peak(); }

 private:
  using Task = std::packaged_task<DecodedChunk()>;

  std::future<DecodedChunk> Submit(const ChunkRef& chunk, MemoryClaim claim);
  DecodedChunk Decode(const ChunkRef& chunk, MemoryClaim claim) const;

  const ArchiveReader& reader_;
  CancelToken& cancel_;
  MemoryBudget budget_;
  BoundedQueue<Task> tasks_;  // the budget bounds them, not their number
  std::vector<std::thread> threads_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_CHUNK_DECODERS_H_
