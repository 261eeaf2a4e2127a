// Files that are no bale, named for their users.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_FOREIGN_H_
#define PGBALE_FORMAT_FOREIGN_H_

#include <cstddef>

#include "absl/status/status.h"
#include "base/bytes.h"

namespace pgbale {

// As many octets of a file's front as tell what it is.
inline constexpr size_t kForeignOctets = 512;

// Why a file that begins with `front` (all of it, if shorter than
// kForeignOctets) is refused: kError with what it is and what to do with it;
// kDamaged or kIncomplete if it was meant to be a bale.
// REQUIRES: `front` does not begin with a block's signature
absl::Status ForeignError(Bytes front);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_FOREIGN_H_
