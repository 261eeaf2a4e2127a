#include "base/text.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"

namespace pgbale {
namespace {

// One character of UTF-8 text.
struct Utf8Char {
  char32_t code;
  size_t length;
};

bool IsContinuation(char c) { return (c & 0xC0) == 0x80; }

// The character at the start of `text`, or length 0 if that is not valid:
// stray or missing continuation octets, overlong forms, surrogates, codes
// above U+10FFFF.
// REQUIRES: !text.empty()
Utf8Char DecodeUtf8(absl::string_view text) {
  static constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800,
                                                     0x10000};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF8   ? 0
                        : lead >= 0xF0 ? 4
                        : lead >= 0xE0 ? 3
                        : lead >= 0xC0 ? 2
                                       : 0;
  if (length == 0 || text.size() < length) return {0, 0};
  char32_t code = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return {0, 0};
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[length] || surrogate || code > 0x10FFFF) return {0, 0};
  return {code, length};
}

// Characters that move the cursor, end a line or reorder what is shown.
bool IsUnsafe(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) ||
         (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

constexpr std::array<absl::string_view, 7> kByteUnits = {
    "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

// The power of two that a unit such as "MiB", "MB", "m" or "" stands for; -1
// if it is none.
int UnitShift(absl::string_view unit) {
  if (unit.empty() || absl::EqualsIgnoreCase(unit, "b")) return 0;
  static constexpr absl::string_view kLetters = "kmgt";
  const size_t letter = kLetters.find(absl::ascii_tolower(unit[0]));
  const absl::string_view rest = unit.substr(1);
  const bool suffix_ok = rest.empty() || absl::EqualsIgnoreCase(rest, "b") ||
                         absl::EqualsIgnoreCase(rest, "ib");
  if (letter == absl::string_view::npos || !suffix_ok) return -1;
  return static_cast<int>(letter + 1) * 10;
}

absl::Status BadSize(absl::string_view text) {
  return MakeError(Failure::kUsage,
                   absl::StrCat("\"", Printable(text),
                                "\" is no size; expected a number with an "
                                "optional unit: 4096, 64k, 256MB, 1.5GiB"));
}

}  // namespace

std::string Printable(absl::string_view name) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const Utf8Char next = DecodeUtf8(name);
    if (next.length == 0) {
      out += '?';
      name.remove_prefix(1);
      continue;
    }
    if (IsUnsafe(next.code))
      out += '?';
    else
      out.append(name.data(), next.length);
    name.remove_prefix(next.length);
  }
  return out;
}

std::string Quoted(absl::string_view name) {
  return absl::StrCat("\"", Printable(name), "\"");
}

std::string Quoted(absl::string_view schema, absl::string_view name) {
  if (schema.empty()) return Quoted(name);
  return absl::StrCat("\"", Printable(schema), ".", Printable(name), "\"");
}

std::string HumanBytes(uint64_t bytes) {
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  // 999.5 would be shown with four digits.
  while (value >= 999.5 && unit + 1 < kByteUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.3g %s", value, kByteUnits[unit]);
}

std::string HumanCount(uint64_t count) {
  std::string digits = absl::StrCat(count);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string HumanDuration(double seconds) {
  if (!(seconds > 0)) seconds = 0;
  if (seconds < 9.95) return absl::StrFormat("%.1f s", seconds);
  const auto total =
      static_cast<uint64_t>(std::llround(std::fmin(seconds, 1e15)));
  if (total < 60) return absl::StrFormat("%d s", total);
  if (total < 3600)
    return absl::StrFormat("%d min %02d s", total / 60, total % 60);
  return absl::StrFormat("%d h %02d min", total / 3600, total % 3600 / 60);
}

absl::StatusOr<uint64_t> ParseBytes(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  const size_t digits_end = trimmed.find_first_not_of("0123456789.");
  const absl::string_view number = trimmed.substr(0, digits_end);
  const absl::string_view unit =
      digits_end == absl::string_view::npos
          ? ""
          : absl::StripAsciiWhitespace(trimmed.substr(digits_end));
  const int shift = UnitShift(unit);
  if (shift < 0 || number.empty()) return BadSize(text);
  uint64_t whole = 0;
  if (absl::SimpleAtoi(number, &whole)) {
    if (whole > std::numeric_limits<uint64_t>::max() >> shift)
      return BadSize(text);
    return whole << shift;
  }
  double fraction = 0;
  if (!absl::SimpleAtod(number, &fraction)) return BadSize(text);
  const double bytes = std::ldexp(fraction, shift);
  // 2^64 is exact as a double; anything from there on does not fit.
  if (!(bytes < 18446744073709551616.0)) return BadSize(text);
  return static_cast<uint64_t>(bytes);
}

}  // namespace pgbale
