// Walks all blocks of an archive from its first octet to its last, damaged or
// not: behind damage it goes on at the next header that is intact. For verify
// and salvage, which must not stop where a reader does.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_BLOCK_SCANNER_H_
#define PGBALE_FORMAT_BLOCK_SCANNER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/io/forward_source.h"
#include "format/block.h"

namespace pgbale {

// An intact header, where it was found.
struct ScannedBlock {
  BlockHeader header;
  uint64_t position = 0;
  // False: it belongs to another archive, or its payload is cut off.
  bool usable = true;

  uint64_t payload_position() const { return position + BlockHeader::kSize; }
};

// Something wrong between blocks, or with the place of one.
struct ScanDamage {
  uint64_t position = 0;
  absl::Status status;
};

class BlockScanner {
 public:
  // `source` must remain live while this scanner is in use.
  explicit BlockScanner(ForwardSource& source) : source_(source) {}

  // The next block; nullopt behind the last. Its place among the others has
  // been checked, its payload has not been read, and can be until the next
  // call. Errors: the source's.
  absl::StatusOr<std::optional<ScannedBlock>> Next();

  // What was found up to the block that Next returned last.
  const std::vector<ScanDamage>& damages() const { return damages_; }

 private:
  // The first intact header of this archive at `from` or behind.
  absl::StatusOr<std::optional<ScannedBlock>> Search(uint64_t from);
  // The header at `position`; nullopt if it is not intact.
  absl::StatusOr<std::optional<ScannedBlock>> ReadAt(uint64_t position);
  // As many octets as there are, up to out.size(); notes where the end is.
  absl::StatusOr<size_t> Read(uint64_t position, MutableBytes out);
  // Reports what is found instead of a header at next_position_.
  void ReportGap(const std::optional<ScannedBlock>& next);
  // Judges the place of `block` and goes on behind it.
  void CheckPlace(ScannedBlock& block);
  // Likewise, whether the payload is all there.
  void CheckPayloadIsThere(ScannedBlock& block);
  void Report(uint64_t position, absl::Status status);

  ForwardSource& source_;
  // Where the source ends, once that is known.
  std::optional<uint64_t> end_;
  // Where the next block should begin, and where a search for it must begin
  // if it does not: right behind the last header, for the payload that this
  // one announced may be missing.
  uint64_t next_position_ = 0;
  uint64_t search_from_ = 0;
  // The last block's payload goes beyond the end.
  bool cut_off_ = false;
  // What the next block should say of itself. The archive's id is that of its
  // first intact header.
  std::optional<uint64_t> archive_id_;
  uint64_t next_ordinal_ = 0;
  // Octets that were lost (or came in) so far, modulo 2^64.
  uint64_t shift_ = 0;
  std::vector<ScanDamage> damages_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_BLOCK_SCANNER_H_
