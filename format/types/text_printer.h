// Decimal numbers, for the codecs.

#ifndef PGBALE_FORMAT_TYPES_TEXT_PRINTER_H_
#define PGBALE_FORMAT_TYPES_TEXT_PRINTER_H_

#include <charconv>
#include <cstdint>
#include <string>

namespace pgbale {

template <typename T>
void AppendNumber(T value, std::string& text, int base = 10) {
  char digits[24];
  const auto result =
      std::to_chars(digits, digits + sizeof(digits), value, base);
  text.append(digits, static_cast<size_t>(result.ptr - digits));
}

// The lowest `count` digits of `value`, with leading zeros, to `p`; returns
// the end.
inline char* WriteDigits(uint32_t value, int count, char* p) {
  for (int i = count - 1; i >= 0; --i) {
    p[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return p + count;
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_TEXT_PRINTER_H_
