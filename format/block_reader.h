// Reads blocks of one archive, from anywhere, and checks that they are what
// they should be.
//
// Thread-safe.

#ifndef PGBALE_FORMAT_BLOCK_READER_H_
#define PGBALE_FORMAT_BLOCK_READER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "base/io/source.h"
#include "format/block.h"
#include "format/directory.h"

namespace pgbale {

// For messages: `block 12 at position 3456`.
std::string BlockName(uint64_t ordinal, uint64_t position);

class BlockReader {
 public:
  // `source` must remain live while this reader is in use.
  BlockReader(Source& source, uint64_t archive_id)
      : source_(source), archive_id_(archive_id) {}

  // The header at `position`, checked to be that of block `ordinal`. Errors:
  // kDamaged; kError if it must be understood and is not; the source's.
  absl::StatusOr<BlockHeader> ReadHeader(uint64_t ordinal,
                                         uint64_t position) const;
  // The payload behind a header that ReadHeader returned, checked against it
  // and, before memory is taken, against the octets left.
  absl::StatusOr<Buffer> ReadPayload(const BlockHeader& header) const;

  // A payload of fields, uncompressed: `header` is of an ENTRIES or DIRECTORY
  // block.
  absl::StatusOr<Buffer> ReadPacked(const BlockHeader& header) const;

 private:
  absl::StatusOr<BlockHeader> ReadChecked(uint64_t ordinal,
                                          uint64_t position) const;
  absl::StatusOr<Buffer> ReadCheckedPayload(const BlockHeader& header) const;

  Source& source_;
  const uint64_t archive_id_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_BLOCK_READER_H_
