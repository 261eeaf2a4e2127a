// XXH3, the only hash of the format. Not cryptographic: it finds accidents,
// not forgeries.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_CHECKSUM_H_
#define PGBALE_FORMAT_CHECKSUM_H_

#include <cstdint>

#include "base/bytes.h"
#include "format/digest.h"

namespace pgbale {

// XXH3, 64 bits, seed 0.
uint64_t Hash64(Bytes octets);
// XXH3, 128 bits, seed 0.
Digest Hash128(Bytes octets);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_CHECKSUM_H_
