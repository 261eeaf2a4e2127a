// A digest of a set of rows that does not depend on their order, nor on how a
// table was cut into chunks: the sum, modulo 2^128, of XXH3-128 over each
// row's image.
//
// The image of a row is its tuple in COPY's binary form: the number of columns
// (int16), then for each column its length (int32, -1 for NULL) and octets,
// all big-endian. For a table that was read in text, the octets of a value are
// its text after COPY's escapes are undone.

#ifndef PGBALE_FORMAT_DIGEST_H_
#define PGBALE_FORMAT_DIGEST_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace pgbale {

struct Digest {
  uint64_t low = 0;
  uint64_t high = 0;

  Digest& operator+=(const Digest& other);
  bool operator==(const Digest&) const = default;
  // 32 hexadecimal digits, high half first.
  std::string ToHex() const;
};

// The digest of the one row with this image.
Digest DigestRow(Bytes row_image);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_DIGEST_H_
