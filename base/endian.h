// Integers at unaligned addresses: little-endian in the archive, big-endian
// on PostgreSQL's wire.

#ifndef PGBALE_BASE_ENDIAN_H_
#define PGBALE_BASE_ENDIAN_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/bytes.h"

namespace pgbale {

template <typename T>
constexpr T ByteSwap(T value) {
  static_assert(std::is_integral_v<T>);
  using U = std::make_unsigned_t<T>;
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<U>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<U>(value)));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<U>(value)));
}

// REQUIRES for all four: sizeof(T) octets are accessible at `p`.
template <typename T>
T LoadLittle(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) return ByteSwap(value);
  return value;
}
template <typename T>
void StoreLittle(uint8_t* p, T value) {
  if constexpr (std::endian::native == std::endian::big)
    value = ByteSwap(value);
  std::memcpy(p, &value, sizeof(T));
}
template <typename T>
T LoadBig(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  if constexpr (std::endian::native == std::endian::little)
    return ByteSwap(value);
  return value;
}
template <typename T>
void StoreBig(uint8_t* p, T value) {
  if constexpr (std::endian::native == std::endian::little)
    value = ByteSwap(value);
  std::memcpy(p, &value, sizeof(T));
}

template <typename T>
void AppendLittle(Buffer& out, T value) {
  StoreLittle(Extend(out, sizeof(T)), value);
}
template <typename T>
void AppendBig(Buffer& out, T value) {
  StoreBig(Extend(out, sizeof(T)), value);
}

}  // namespace pgbale

#endif  // PGBALE_BASE_ENDIAN_H_
