#include "format/checksum.h"

#include <xxhash.h>

namespace pgbale {

uint64_t Hash64(Bytes octets) {
  return XXH3_64bits(octets.data(), octets.size());
}

Digest Hash128(Bytes octets) {
  const XXH128_hash_t hash = XXH3_128bits(octets.data(), octets.size());
  return Digest{hash.low64, hash.high64};
}

}  // namespace pgbale
