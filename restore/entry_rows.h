// The rows of one data entry, batch by batch, counted as they are handed out.
//
// One thread at a time.

#ifndef PGBALE_RESTORE_ENTRY_ROWS_H_
#define PGBALE_RESTORE_ENTRY_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"
#include "format/directory.h"
#include "format/entry.h"
#include "format/row_batch.h"

namespace pgbale {

class EntryRows {
 public:
  // Everything must outlive the object.
  EntryRows(const Entry& entry, CancelToken& cancel, Progress& progress)
      : entry_(entry), cancel_(cancel), progress_(progress) {}
  virtual ~EntryRows() = default;

  // The next rows, read and checked; nullopt behind the last. Errors:
  // kDamaged; what the restore was cancelled with.
  absl::StatusOr<std::optional<RowBatch>> Next();

  const Entry& entry() const { return entry_; }
  // Handed out so far.
  uint64_t rows() const { return rows_; }
  uint64_t raw_bytes() const { return raw_bytes_; }

  // Takes what was counted back: it was rolled back.
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
  uint64_t rows_ = 0;
  uint64_t raw_bytes_ = 0;
  uint64_t stored_bytes_ = 0;
};

// Chunks that an archive has of an entry.
class ArchiveRows : public EntryRows {
 public:
  // Everything must outlive the object; `chunks` are of `entry`.
  ArchiveRows(const ArchiveReader& reader, const Entry& entry,
              absl::Span<const ChunkRef> chunks, CancelToken& cancel,
              Progress& progress)
      : EntryRows(entry, cancel, progress), reader_(reader), chunks_(chunks) {}

 private:
  absl::StatusOr<std::optional<Piece>> Read() override;

  const ArchiveReader& reader_;
  const absl::Span<const ChunkRef> chunks_;
  size_t next_ = 0;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ENTRY_ROWS_H_
