// zstd, the only compression of the format: one frame at a time, contexts kept
// per thread.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_COMPRESSION_H_
#define PGBALE_FORMAT_COMPRESSION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/constants.h"

namespace pgbale {

// Appends `raw` to `out`, as one zstd frame of `level` if that is smaller,
// else as it is; returns which. Level 0 never compresses.
// REQUIRES: 0 <= level <= 19
Method CompressTo(Bytes raw, int level, Buffer& out);

// The octets that `method` stored as `stored`. kDamaged unless those are
// `raw_octets`; for zstd: one frame that states just this content size, of a
// limited window, without dictionary, and nothing after it. All this is
// checked before memory is taken.
// REQUIRES: the caller has checked `raw_octets` against its limit
absl::StatusOr<Buffer> Decompress(Method method, Bytes stored,
                                  uint64_t raw_octets);
// Likewise, into memory that is there: all of `raw`.
absl::Status DecompressInto(Method method, Bytes stored, MutableBytes raw);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_COMPRESSION_H_
