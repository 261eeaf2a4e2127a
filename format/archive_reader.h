// Reads an archive: what it holds at once, its chunks in any order.
//
// Thread-safe after Open.

#ifndef PGBALE_FORMAT_ARCHIVE_READER_H_
#define PGBALE_FORMAT_ARCHIVE_READER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/io/counting_source.h"
#include "base/io/forward_source.h"
#include "base/io/source.h"
#include "base/sched/progress.h"
#include "format/archive_info.h"
#include "format/block.h"
#include "format/chunk_head.h"
#include "format/directory.h"
#include "format/entry.h"
#include "format/footer.h"
#include "format/row_batch.h"

namespace pgbale {

class ArchiveReader {
 public:
  // Takes over `source`; checks and reads header, footer, directory and
  // entries. Errors: kError for what is no bale (pg_dump's own formats are
  // named) or a newer version; kIncomplete without a footer; kDamaged, naming
  // the file, the block and the position.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> Open(
      std::unique_ptr<Source> source);

  const ArchiveInfo& info() const { return info_; }
  // entries()[i].id == i + 1
  const std::vector<Entry>& entries() const { return entries_; }
  const Directory& directory() const { return directory_; }
  // The totals of a data entry; zeros if it has no chunk, or there is none.
  TableTotals totals(uint32_t entry_id) const {
    return directory_.TotalsOf(entry_id);
  }
  uint64_t size() const { return source_->size(); }
  // Of the archive, up to now.
  uint64_t octets_read() const { return source_->octets_read(); }

  // Reads and checks one chunk: header, checksum, archive id, ordinal,
  // position, its table and row count against the directory. kDamaged names
  // the table.
  absl::StatusOr<RowBatch> ReadChunk(const ChunkRef& chunk) const;

  // Columns of a chunk, counted from 0, in the order in which they are asked
  // for; totals of the batch are those of the whole rows. Only their octets and
  // the chunk's head are read where each can be proven by a hash of its own,
  // else the whole chunk. Errors: as of ReadChunk; kError if there is no such
  // column.
  absl::StatusOr<RowBatch> ReadColumns(const ChunkRef& chunk,
                                       absl::Span<const size_t> columns) const;

  // What a chunk says of its columns; proven, by reading as little as
  // ReadColumns does. Errors: as of ReadChunk.
  absl::StatusOr<ChunkHead> ReadChunkHead(const ChunkRef& chunk) const;
  // Likewise, for lists: never more than the front of the chunk is read, and if
  // only the checksum of all of it proves it, nothing does.
  absl::StatusOr<ChunkHead> PeekChunkHead(const ChunkRef& chunk) const;

 private:
  explicit ArchiveReader(std::unique_ptr<Source> source)
      : source_(std::make_unique<CountingSource>(std::move(source))) {}

  // The steps of Open.
  absl::Status ReadAll();
  absl::StatusOr<BlockHeader> ReadFirstHeader();
  absl::StatusOr<BlockHeader> ReadFooter();
  // Returns where the blocks behind the entries begin.
  absl::StatusOr<uint64_t> ReadEntries(uint64_t position);
  absl::Status ReadDirectory(const BlockHeader& footer_header);

  absl::StatusOr<BlockHeader> ReadChunkHeader(const ChunkRef& chunk) const;
  absl::StatusOr<RowBatch> ReadChunkBlock(const ChunkRef& chunk) const;
  absl::StatusOr<ChunkFront> ReadChunkFront(const ChunkRef& chunk,
                                            const BlockHeader& header) const;
  absl::StatusOr<ChunkHead> ReadHeadOfBlock(const ChunkRef& chunk,
                                            bool must_prove) const;
  absl::StatusOr<RowBatch> ReadColumnsOfBlock(
      const ChunkRef& chunk, absl::Span<const size_t> columns) const;
  // One column, proven by its hash.
  absl::StatusOr<Column> ReadColumn(const BlockHeader& header,
                                    const ChunkFront& front, size_t index,
                                    uint32_t width) const;
  // OK if `chunk` is of an entry that has data.
  absl::Status CheckHasData(const ChunkRef& chunk) const;
  // `status` with the names of the file and of the chunk's table.
  absl::Status AtChunk(const absl::Status& status, const ChunkRef& chunk) const;

  const std::unique_ptr<CountingSource> source_;
  uint64_t archive_id_ = 0;
  Footer footer_;
  ArchiveInfo info_;
  std::vector<Entry> entries_;
  Directory directory_;
};

// One thing that is wrong with an archive.
struct Damage {
  // kDamaged or kIncomplete; kError for what is no bale or was written by a
  // later version.
  absl::Status status;
  uint32_t entry_id = 0;  // the table that is hit; 0: none, or not known
};

// What checking every octet of an archive found; `damages` is empty for a
// whole one.
struct VerifyReport {
  std::vector<Damage> damages;
  uint64_t blocks = 0;
  uint64_t chunks = 0;
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  uint64_t stored_bytes = 0;
};
// Reads `source` from front to back: all blocks in order, their checksums,
// identity and places, the directory against the blocks; decodes every chunk
// and digests its rows anew on `workers` threads, in memory that does not
// depend on the archive's size. `progress` counts the chunks that were found
// whole.
VerifyReport VerifyArchive(std::unique_ptr<ForwardSource> source, int workers,
                           Progress& progress);
// Likewise, of a source that can be read anywhere.
VerifyReport VerifyArchive(std::unique_ptr<Source> source, int workers);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ARCHIVE_READER_H_
