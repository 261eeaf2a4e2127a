#include "format/types/floats.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/numeric/int128.h"
#include "base/endian.h"
#include "format/types/text_cursor.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

using Wide = absl::uint128;

template <typename T>
struct Shape;
template <>
struct Shape<float> {
  using Bits = uint32_t;
  // From this power of ten on, an exponent is written.
  static constexpr int kExponentFrom = 6;
};
template <>
struct Shape<double> {
  using Bits = uint64_t;
  static constexpr int kExponentFrom = 15;
};
constexpr int kLowestFixedExponent = -4;

// digits[0] . digits[1] … times 10^exponent.
struct Decimal {
  char digits[24];
  int count = 0;
  int exponent = 0;
};

Decimal ReadScientific(const char* p, const char* end) {
  Decimal decimal;
  for (; p != end && *p != 'e'; ++p)
    if (*p != '.') decimal.digits[decimal.count++] = *p;
  ++p;
  if (*p == '+') ++p;
  std::from_chars(p, end, decimal.exponent);
  return decimal;
}

// REQUIRES: value is finite and greater than 0; also below
template <typename T>
Decimal Shortest(T value) {
  char text[64];
  const auto result = std::to_chars(text, text + sizeof(text), value,
                                    std::chars_format::scientific);
  return ReadScientific(text, result.ptr);
}

template <typename T>
Decimal Rounded(T value, int count) {
  char text[64];
  const auto result = std::to_chars(text, text + sizeof(text), value,
                                    std::chars_format::scientific, count - 1);
  return ReadScientific(text, result.ptr);
}

template <typename T>
bool ReadsBack(const Decimal& decimal, T value) {
  char text[40];
  std::memcpy(text, decimal.digits, static_cast<size_t>(decimal.count));
  char* p = text + decimal.count;
  *p++ = 'e';
  p = std::to_chars(p, text + sizeof(text),
                    decimal.exponent - (decimal.count - 1))
          .ptr;
  T read = 0;
  return std::from_chars(text, p, read).ec == std::errc() && read == value;
}

struct OddTimesPowerOfTwo {
  Wide odd;
  int exponent;
};

OddTimesPowerOfTwo Split(Wide number, int exponent) {
  const uint64_t low = absl::Uint128Low64(number);
  const int zeros = low != 0
                        ? std::countr_zero(low)
                        : 64 + std::countr_zero(absl::Uint128High64(number));
  return {number >> zeros, exponent + zeros};
}

// number * 2^exponent == digits * 10^power?
bool Equal(uint64_t number, int exponent, uint64_t digits, int power) {
  Wide fives = 1;
  for (int i = 0; i < std::abs(power); ++i) fives *= 5;
  const OddTimesPowerOfTwo one =
      Split(power < 0 ? number * fives : Wide{number}, exponent - power);
  const OddTimesPowerOfTwo other =
      Split(power < 0 ? Wide{digits} : digits * fives, 0);
  return one.odd == other.odd && one.exponent == other.exponent;
}

// Is `decimal` exactly in the middle between `value` and one of its
// neighbours? Such a text is read as the neighbour that is even; PostgreSQL
// does not print it, to depend on no reader's rounding. std::to_chars does.
template <typename T>
bool IsInTheMiddle(const Decimal& decimal, T value) {
  using Limits = std::numeric_limits<T>;
  // Outside of these the middle needs more digits than a shortest text has.
  constexpr int kPowerMin = -3, kPowerMax = 23;
  const int power = decimal.exponent - (decimal.count - 1);
  if (power < kPowerMin || power > kPowerMax) return false;
  // Most values end here: a middle with digits behind the point has more than
  // a double holds for certain, and without any it is above all integers that
  // a double holds.
  constexpr T kEveryIntegerBelow = T{2} / Limits::epsilon();
  if (power < 0 ? decimal.count <= Limits::digits10
                : value < kEveryIntegerBelow)
    return false;
  constexpr int kMantissaBits = Limits::digits - 1;
  const auto bits = std::bit_cast<typename Shape<T>::Bits>(value);
  const auto hidden = typename Shape<T>::Bits{1} << kMantissaBits;
  const uint64_t mantissa = (bits & (hidden - 1)) | hidden;
  if (mantissa % 2 == 1) return false;
  const int exponent = static_cast<int>(bits >> kMantissaBits) + 1 -
                       Limits::max_exponent - kMantissaBits;
  uint64_t digits = 0;
  std::from_chars(decimal.digits, decimal.digits + decimal.count, digits);
  const int shift = mantissa == hidden ? 2 : 1;  // the step below a power of 2
  return Equal(2 * mantissa + 1, exponent - 1, digits, power) ||
         Equal((mantissa << shift) - 1, exponent - shift, digits, power);
}

template <typename T>
Decimal Digits(T value) {
  Decimal decimal = Shortest(value);
  if (!IsInTheMiddle(decimal, value)) return decimal;
  do decimal = Rounded(value, decimal.count + 1);
  while (decimal.count < std::numeric_limits<T>::max_digits10 &&
         (IsInTheMiddle(decimal, value) || !ReadsBack(decimal, value)));
  return decimal;
}

char* WriteZeros(int count, char* p) {
  std::memset(p, '0', static_cast<size_t>(count));
  return p + count;
}

char* WriteFixed(const Decimal& decimal, char* p) {
  const int whole = decimal.exponent + 1;  // digits before the point
  if (whole <= 0) {
    *p++ = '0';
    *p++ = '.';
    p = WriteZeros(-whole, p);
  }
  for (int i = 0; i < decimal.count; ++i) {
    if (i == whole && whole > 0) *p++ = '.';
    *p++ = decimal.digits[i];
  }
  return WriteZeros(std::max(whole - decimal.count, 0), p);
}

char* WriteWithExponent(const Decimal& decimal, char* p, char* end) {
  *p++ = decimal.digits[0];
  if (decimal.count > 1) *p++ = '.';
  for (int i = 1; i < decimal.count; ++i) *p++ = decimal.digits[i];
  *p++ = 'e';
  *p++ = decimal.exponent < 0 ? '-' : '+';
  const int exponent = std::abs(decimal.exponent);
  if (exponent < 10) *p++ = '0';
  return std::to_chars(p, end, exponent).ptr;
}

constexpr size_t kTextMax = 48;

template <typename T>
absl::string_view Write(T value, char (&text)[kTextMax]) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char* p = text;
  if (std::signbit(value)) *p++ = '-';
  if (value == 0) {
    *p++ = '0';
  } else {
    const Decimal decimal = Digits(std::abs(value));
    if (decimal.exponent >= kLowestFixedExponent &&
        decimal.exponent < Shape<T>::kExponentFrom)
      p = WriteFixed(decimal, p);
    else
      p = WriteWithExponent(decimal, p, text + sizeof(text));
  }
  return absl::string_view(text, static_cast<size_t>(p - text));
}

// Reads a number of few digits that has no exponent, as most of those that
// people write. Two such numbers are two values, so that the shortest text of
// the value is this one; and both parts of the quotient are exact. False if
// `text` is something else, right or wrong.
template <typename T>
bool ParseShort(absl::string_view text, T& value) {
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                1e14, 1e15, 1e16, 1e17, 1e18};
  constexpr size_t kLeadingZerosMax = -kLowestFixedExponent - 1;
  TextCursor cursor(text);
  const bool negative = cursor.Take('-');
  const absl::string_view whole = cursor.TakeDigits();
  const bool has_point = cursor.Take('.');
  const absl::string_view fraction = cursor.TakeDigits();
  if (!cursor.at_end() || whole.empty() || has_point == fraction.empty() ||
      (has_point && fraction.back() == '0'))
    return false;
  size_t count = whole.size() + fraction.size();
  if (whole[0] == '0') {
    if (whole.size() > 1 || !has_point) return false;
    const size_t zeros = fraction.find_first_not_of('0');
    if (zeros > kLeadingZerosMax) return false;
    count -= 1 + zeros;
  }
  if (count > std::numeric_limits<T>::digits10) return false;
  uint64_t digits = 0;
  for (const absl::string_view part : {whole, fraction})
    for (const char digit : part)
      digits = digits * 10 + static_cast<uint64_t>(digit - '0');
  value = static_cast<T>(digits) / static_cast<T>(kPowers[fraction.size()]);
  if (negative) value = -value;
  return true;
}

template <typename T>
class FloatCodec : public TypeCodec {
  using Bits = typename Shape<T>::Bits;

  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != sizeof(T)) return false;
    AppendFloat(std::bit_cast<T>(LoadBig<Bits>(binary.data())), text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    T value;
    if (!ParseFloat(text, value)) return false;
    AppendBig(binary, std::bit_cast<Bits>(value));
    return true;
  }
};

}  // namespace

template <typename T>
void AppendFloat(T value, std::string& text) {
  char buffer[kTextMax];
  const absl::string_view written = Write(value, buffer);
  text.append(written.data(), written.size());
}

template <typename T>
bool ParseFloat(absl::string_view text, T& value) {
  if (ParseShort(text, value)) return true;
  if (text == "NaN") {
    value = std::numeric_limits<T>::quiet_NaN();
  } else if (text == "Infinity" || text == "-Infinity") {
    value = std::numeric_limits<T>::infinity();
    if (text[0] == '-') value = -value;
  } else {
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end) return false;
    char buffer[kTextMax];
    if (Write(value, buffer) != text) return false;
  }
  return true;
}

template void AppendFloat(float, std::string&);
template void AppendFloat(double, std::string&);
template bool ParseFloat(absl::string_view, float&);
template bool ParseFloat(absl::string_view, double&);

const TypeCodec& Float4Codec() {
  static const FloatCodec<float> codec;
  return codec;
}

const TypeCodec& Float8Codec() {
  static const FloatCodec<double> codec;
  return codec;
}

}  // namespace pgbale
