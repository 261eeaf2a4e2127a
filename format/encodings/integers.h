// Columns of integers: big-endian, of 1, 2, 4 or 8 octets, as on PostgreSQL's
// wire. Arithmetic is modulo 2^bits, so that every value has a difference to
// every other one, and every difference leads back.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_ENCODINGS_INTEGERS_H_
#define PGBALE_FORMAT_ENCODINGS_INTEGERS_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/endian.h"
#include "format/row_batch.h"

namespace pgbale {

// Calls `f` with a zero of the unsigned type that has `width` octets.
// REQUIRES: width is 1, 2, 4 or 8
template <typename F>
auto WithUnsigned(uint32_t width, F f) {
  if (width == 1) return f(uint8_t{});
  if (width == 2) return f(uint16_t{});
  if (width == 4) return f(uint32_t{});
  return f(uint64_t{});
}

inline bool IsIntegerWidth(uint32_t width) {
  return width == 1 || width == 2 || width == 4 || width == 8;
}

inline uint32_t CountOf(const Column& column) {
  return column.rows() - column.nulls();
}

// 0, -1, 1, -2, … as 0, 1, 2, 3, …
template <typename T>
T ToZigzag(T value) {
  using Signed = std::make_signed_t<T>;
  return static_cast<T>(
      (value << 1) ^
      static_cast<T>(static_cast<Signed>(value) >> (sizeof(T) * 8 - 1)));
}
template <typename T>
T FromZigzag(T value) {
  return static_cast<T>((value >> 1) ^ static_cast<T>(-(value & 1)));
}

template <typename T>
uint64_t SignExtend(T value) {
  return static_cast<uint64_t>(
      int64_t{static_cast<std::make_signed_t<T>>(value)});
}

// The lowest of `count` signed integers, and how far above it the highest is.
template <typename T>
struct Frame {
  T lowest = 0;
  T span = 0;
};
// REQUIRES: count > 0
template <typename T>
Frame<T> FrameOf(const uint8_t* values, size_t count) {
  using Signed = std::make_signed_t<T>;
  Signed low = LoadBig<Signed>(values), high = low;
  for (size_t i = 1; i < count; ++i) {
    const Signed value = LoadBig<Signed>(values + i * sizeof(T));
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  return {static_cast<T>(low),
          static_cast<T>(static_cast<T>(high) - static_cast<T>(low))};
}

// Lengths as the values of a column, and back.
inline void StoreLengths(absl::Span<const uint32_t> lengths, uint8_t* values) {
  for (size_t i = 0; i < lengths.size(); ++i)
    StoreBig(values + i * sizeof(uint32_t), lengths[i]);
}
inline std::vector<uint32_t> LengthsOfColumn(Bytes values) {
  std::vector<uint32_t> lengths(values.size() / sizeof(uint32_t));
  for (size_t i = 0; i < lengths.size(); ++i)
    lengths[i] = LoadBig<uint32_t>(values.data() + i * sizeof(uint32_t));
  return lengths;
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENCODINGS_INTEGERS_H_
