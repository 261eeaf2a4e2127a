// Writes an archive (docs/format.md) to a sink.
//
// Order: Open; AppendEntries once; AppendChunk any number of times; Finish.
// Without a Finish that returned OK the archive is incomplete, and recognised
// as such.
//
// AppendChunk is thread-safe; everything else: one thread at a time.

#ifndef PGBALE_FORMAT_ARCHIVE_WRITER_H_
#define PGBALE_FORMAT_ARCHIVE_WRITER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "base/io/sink.h"
#include "base/mutex.h"
#include "format/archive_info.h"
#include "format/chunk.h"
#include "format/directory.h"
#include "format/entry.h"

namespace pgbale {

class ArchiveWriter {
 public:
  // Takes over `sink` and writes the header. Errors: the sink's.
  static absl::StatusOr<std::unique_ptr<ArchiveWriter>> Open(
      std::unique_ptr<Sink> sink, const ArchiveInfo& info);

  // REQUIRES: ids are 1, 2, 3 … in order; dependencies are lower.
  absl::Status AppendEntries(absl::Span<const Entry> entries);

  // Appends one chunk of the table of entry `entry_id`.
  // REQUIRES: that entry was appended and has data.
  absl::Status AppendChunk(uint32_t entry_id, const EncodedChunk& chunk)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Writes directory and footer and finishes the sink.
  absl::Status Finish() ABSL_LOCKS_EXCLUDED(mu_);

  // What was appended so far; complete after Finish.
  Directory directory() const ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t bytes_written() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  ArchiveWriter(std::unique_ptr<Sink> sink, uint64_t archive_id);

  absl::Status AppendBlock(uint16_t kind, Bytes payload)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const uint64_t archive_id_;
  mutable Mutex mu_;
  std::unique_ptr<Sink> sink_ ABSL_GUARDED_BY(mu_);
  uint64_t next_ordinal_ ABSL_GUARDED_BY(mu_) = 0;
  Directory directory_ ABSL_GUARDED_BY(mu_);
  // A failed sink takes nothing more: what it failed with.
  absl::Status failed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ARCHIVE_WRITER_H_
