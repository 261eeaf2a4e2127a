// Octets as pairs of lower-case hexadecimal digits.

#ifndef PGBALE_FORMAT_TYPES_HEX_H_
#define PGBALE_FORMAT_TYPES_HEX_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/bytes.h"

namespace pgbale {

namespace hex_internal {

constexpr char kDigits[] = "0123456789abcdef";
constexpr uint8_t kNone = 0xFF;

constexpr std::array<uint8_t, 256> DigitValues() {
  std::array<uint8_t, 256> values{};
  for (uint8_t& value : values) value = kNone;
  for (uint8_t i = 0; i < 16; ++i) values[static_cast<uint8_t>(kDigits[i])] = i;
  return values;
}
constexpr std::array<uint8_t, 256> kValues = DigitValues();

}  // namespace hex_internal

// Two digits for each octet to `p`; returns the end.
inline char* WriteHex(Bytes octets, char* p) {
  for (const uint8_t octet : octets) {
    *p++ = hex_internal::kDigits[octet >> 4];
    *p++ = hex_internal::kDigits[octet & 15];
  }
  return p;
}

// Half as many octets as `digits` has to `out`; false if one is no digit.
// REQUIRES: digits.size() is even
inline bool ReadHex(absl::string_view digits, uint8_t* out) {
  uint8_t seen = 0;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const uint8_t high = hex_internal::kValues[static_cast<uint8_t>(digits[i])];
    const uint8_t low =
        hex_internal::kValues[static_cast<uint8_t>(digits[i + 1])];
    seen |= high | low;
    *out++ = static_cast<uint8_t>(high << 4 | low);
  }
  return seen < 16;
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_HEX_H_
