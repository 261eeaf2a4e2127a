// Reads an archive once, from front to back, while it is still being written:
// a dump's pipe.
//
// Order: Open; Next until it returns nullopt. Only then is it known that the
// archive is whole; all that was read before is sound by itself.
//
// One thread at a time; Decode: any thread.

#ifndef PGBALE_FORMAT_ARCHIVE_STREAM_H_
#define PGBALE_FORMAT_ARCHIVE_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "base/io/forward_source.h"
#include "format/archive_info.h"
#include "format/block.h"
#include "format/directory.h"
#include "format/entry.h"
#include "format/footer.h"
#include "format/row_batch.h"

namespace pgbale {

// A chunk as it was read.
struct StreamedChunk {
  ChunkRef ref;
  Buffer payload;
};

class ArchiveStream {
 public:
  // Takes over `source`; reads header and entries, and waits for what comes
  // behind them. Errors: as of ArchiveReader::Open.
  static absl::StatusOr<std::unique_ptr<ArchiveStream>> Open(
      std::unique_ptr<ForwardSource> source);

  const ArchiveInfo& info() const { return info_; }
  // entries()[i].id == i + 1
  const std::vector<Entry>& entries() const { return entries_; }

  // The next chunk, with its place and checksum checked; nullopt at the end of
  // a whole archive: footer, directory and entries agree with all that was
  // read. Errors: kIncomplete if it ends without a footer; kDamaged, naming
  // the table if one is hit; kError for a newer version; the source's.
  absl::StatusOr<std::optional<StreamedChunk>> Next();

  // The rows of a chunk that Next returned. kDamaged names the table.
  absl::StatusOr<RowBatch> Decode(const StreamedChunk& chunk) const;

  // Complete when Next has returned nullopt.
  const Directory& directory() const { return directory_; }

 private:
  explicit ArchiveStream(std::unique_ptr<ForwardSource> source)
      : source_(std::move(source)) {}

  struct Block {
    BlockHeader header;
    Buffer payload;
  };

  // The steps of Open.
  absl::Status ReadFirst();
  absl::Status ReadEntries();

  // The next block, checked; nothing was done with it.
  absl::StatusOr<Block> ReadBlock();
  absl::StatusOr<BlockHeader> ReadHeader();
  absl::StatusOr<Buffer> ReadPayload(const BlockHeader& header);
  absl::StatusOr<StreamedChunk> TakeChunk(Block block);
  absl::Status TakeDirectory(const Block& block);
  absl::Status TakeFooter(const Block& block);
  absl::Status CheckEnd(const Footer& footer);
  absl::StatusOr<std::optional<StreamedChunk>> TakeNext();
  // `status` with the name of the entry's table, if it has one.
  absl::Status AtTable(const absl::Status& status, uint32_t entry_id) const;
  absl::Status AtSource(const absl::Status& status) const;

  const std::unique_ptr<ForwardSource> source_;
  uint64_t position_ = 0;
  uint64_t ordinal_ = 0;
  uint64_t chain_ = 0;
  uint64_t archive_id_ = 0;
  ArchiveInfo info_;
  std::vector<Entry> entries_;
  uint64_t entries_end_ = 0;
  // The block behind the entries, which Open had to read.
  std::optional<Block> pending_;
  // What was seen, and what the archive says of it.
  Directory directory_;
  Directory stated_;
  std::optional<BlockHeader> first_directory_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ARCHIVE_STREAM_H_
