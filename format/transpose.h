// Values of a fixed width, octet by octet: first the first octet of each
// value, then the second of each, …. What is alike comes together, and
// compresses better and faster.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_TRANSPOSE_H_
#define PGBALE_FORMAT_TRANSPOSE_H_

#include <cstddef>
#include <cstdint>

namespace pgbale {

inline bool CanTranspose(size_t width) {
  return width == 2 || width == 4 || width == 8 || width == 16;
}

// `in` and `out` are of `count` * `width` octets and do not overlap.
// REQUIRES: CanTranspose(width)
void Transpose(size_t width, size_t count, const uint8_t* in, uint8_t* out);
// The inverse.
void Untranspose(size_t width, size_t count, const uint8_t* in, uint8_t* out);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TRANSPOSE_H_
