// Decimal numbers, for the codecs.

#ifndef PGBALE_FORMAT_TYPES_TEXT_PRINTER_H_
#define PGBALE_FORMAT_TYPES_TEXT_PRINTER_H_

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

namespace pgbale {

template <typename T>
void AppendNumber(T value, std::string& text, int base = 10) {
  char digits[24];
  const auto result =
      std::to_chars(digits, digits + sizeof(digits), value, base);
  text.append(digits, static_cast<size_t>(result.ptr - digits));
}

namespace text_printer_internal {

constexpr std::array<char, 200> DigitPairs() {
  std::array<char, 200> pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
inline constexpr std::array<char, 200> kPairs = DigitPairs();

}  // namespace text_printer_internal

// The lowest `kCount` digits of `value`, with leading zeros, to `p`; returns
// the end.
template <int kCount>
char* WriteDigits(uint32_t value, char* p) {
  static_assert(kCount % 2 == 0);
  for (int i = kCount - 2; i >= 0; i -= 2) {
    std::memcpy(p + i, &text_printer_internal::kPairs[2 * (value % 100)], 2);
    value /= 100;
  }
  return p + kCount;
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_TEXT_PRINTER_H_
