// Writes an archive (docs/format.md) to a sink.
//
// Order: Open; AppendEntries once; AppendChunk any number of times; Finish.
// Without a Finish that returned OK the archive is incomplete, and recognised
// as such.
//
// AppendChunk is thread-safe; everything else: one thread at a time.

#ifndef PGBALE_FORMAT_ARCHIVE_WRITER_H_
#define PGBALE_FORMAT_ARCHIVE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "base/io/sink.h"
#include "base/mutex.h"
#include "format/archive_info.h"
#include "format/block.h"
#include "format/chunk.h"
#include "format/directory.h"
#include "format/entry.h"

namespace pgbale {

struct ArchiveWriterOptions {
  // What tells this archive's blocks from every other's; 0: chosen at random.
  uint64_t archive_id = 0;
  // ENTRIES and DIRECTORY blocks are cut when they reach this, uncompressed.
  size_t packed_octets = 1 << 20;
};

class ArchiveWriter {
 public:
  // Takes over `sink` and writes the header. Errors: the sink's.
  static absl::StatusOr<std::unique_ptr<ArchiveWriter>> Open(
      std::unique_ptr<Sink> sink, const ArchiveInfo& info,
      const ArchiveWriterOptions& options = {});

  // Errors: the sink's; kError, naming the entry, for what no reader would
  // accept: ids that are not 1, 2, 3 … in order, dependencies that are not
  // lower (format/entry_codec.h), or an entry of more than 256 MiB.
  absl::Status AppendEntries(absl::Span<const Entry> entries)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Appends one chunk of the table of entry `entry_id`. Errors: the sink's;
  // kError if that entry was not appended or has no data, or the chunk is
  // beyond the limits of docs/format.md. After a failure of the sink every
  // call returns that one.
  absl::Status AppendChunk(uint32_t entry_id, const EncodedChunk& chunk)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Notes that rows of the table of entry `entry_id` are missing, or may be;
  // `rows_missing`: 0 if it is not known how many. kError if that entry was not
  // appended or has no data.
  absl::Status MarkIncomplete(uint32_t entry_id, uint64_t rows_missing)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Writes directory and footer and finishes the sink. Called once, last.
  absl::Status Finish() ABSL_LOCKS_EXCLUDED(mu_);

  // What was appended so far; complete after Finish.
  Directory directory() const ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t bytes_written() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  ArchiveWriter(std::unique_ptr<Sink> sink,
                const ArchiveWriterOptions& options);

  // `payload_hash` is a parameter so that it can be computed without the lock.
  absl::Status AppendBlock(BlockKind kind, uint32_t entry_id, Bytes payload,
                           uint64_t payload_hash)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // A block of fields, compressed if that helps.
  absl::Status AppendPacked(BlockKind kind, Bytes raw)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // A block of entries that was packed beside; nothing if there is none.
  absl::Status AppendPackedEntries(std::future<absl::StatusOr<Buffer>>& packed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const ArchiveWriterOptions options_;  // with an archive id that is not 0
  mutable Mutex mu_;
  std::unique_ptr<Sink> sink_ ABSL_GUARDED_BY(mu_);
  uint64_t next_ordinal_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t chain_ ABSL_GUARDED_BY(mu_) = 0;
  uint32_t entries_ ABSL_GUARDED_BY(mu_) = 0;
  Directory directory_ ABSL_GUARDED_BY(mu_);
  // From an entry's id to its place in directory_.tables.
  absl::flat_hash_map<uint32_t, size_t> table_of_entry_ ABSL_GUARDED_BY(mu_);
  // A failed sink takes nothing more: what it failed with.
  absl::Status failed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ARCHIVE_WRITER_H_
