// The rows of one data entry, batch by batch, counted as they are handed out.
//
// One thread at a time.

#ifndef PGBALE_RESTORE_ENTRY_ROWS_H_
#define PGBALE_RESTORE_ENTRY_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "format/directory.h"
#include "format/entry.h"
#include "format/row_batch.h"
#include "restore/chunk_decoders.h"

namespace pgbale {

class EntryRows {
 public:
  // Everything must outlive the object.
  EntryRows(const Entry& entry, CancelToken& cancel, Progress& progress)
      : entry_(entry), cancel_(cancel), progress_(progress) {}
  virtual ~EntryRows() = default;

  // The next rows, read and checked; nullopt behind the last. The rows that the
  // call before returned must be gone: their memory serves others. Errors:
  // kDamaged; what the restore was cancelled with.
  absl::StatusOr<std::optional<RowBatch>> Next();

  const Entry& entry() const { return entry_; }
  // Handed out so far.
  uint64_t rows() const { return counted_.rows; }
  uint64_t raw_bytes() const { return counted_.raw_bytes; }

  // What was handed out so far is committed.
  void Keep() { kept_ = counted_; }
  // Takes back what was counted and not kept: it was rolled back.
  void Uncount();

 protected:
  struct Piece {
    RowBatch batch;
    uint64_t stored_bytes = 0;
  };
  // What Next returns, and counts.
  virtual absl::StatusOr<std::optional<Piece>> Read() = 0;

 private:
  const Entry& entry_;
  CancelToken& cancel_;
  Progress& progress_;
  struct Counts {
    uint64_t rows = 0;
    uint64_t raw_bytes = 0;
    uint64_t stored_bytes = 0;
  };
  Counts counted_, kept_;
};

// A chunk whose rows are left out.
struct SkippedChunk {
  const ChunkRef* chunk;
  absl::Status damage;
};

// Chunks that an archive has of an entry, decoded ahead of what is asked for.
class ArchiveRows : public EntryRows {
 public:
  // Everything must outlive the object; `chunks` are of `entry`. With
  // `skip_corrupt`, Next passes over damaged ones.
  ArchiveRows(ChunkDecoders& decoders, const Entry& entry,
              absl::Span<const ChunkRef> chunks, bool skip_corrupt,
              CancelToken& cancel, Progress& progress)
      : EntryRows(entry, cancel, progress),
        decoders_(decoders),
        chunks_(chunks),
        skip_corrupt_(skip_corrupt) {}

  const std::vector<SkippedChunk>& skipped() const { return skipped_; }
  // How many of `chunks` were handed out or passed over.
  size_t position() const { return next_; }
  // Lets Next return nullopt, as behind the last chunk, whenever `enough`
  // returns true after a chunk; the call after that goes on.
  void PauseWhen(std::function<bool()> enough) { enough_ = std::move(enough); }

 private:
  absl::StatusOr<std::optional<Piece>> Read() override;
  // The next of `chunks_`, by whom it is decoded best.
  absl::StatusOr<RowBatch> ReadNext();
  void ReadAhead();

  ChunkDecoders& decoders_;
  const absl::Span<const ChunkRef> chunks_;
  const bool skip_corrupt_;
  std::vector<SkippedChunk> skipped_;
  std::function<bool()> enough_;
  bool fresh_ = true;    // nothing was handed out since the begin or a pause
  absl::Status failed_;  // what every further call returns
  size_t next_ = 0;      // to be handed out
  size_t begun_ = 0;     // to be decoded; not below next_
  std::deque<std::future<DecodedChunk>> ahead_;
  // Of what was handed out last.
  std::optional<MemoryClaim> claim_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ENTRY_ROWS_H_
