// numeric: digits of base 10000 around a point, and how many decimal digits
// to print behind it.
//
//   0  16 bits  digits
//   2  16 bits  weight: the power of 10000 that the first digit counts, signed
//   4  16 bits  sign, or what is no number
//   6  16 bits  scale: decimal digits behind the point
//   8  …        the digits, 16 bits each, without zeros at either end

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/endian.h"
#include "format/types/text_cursor.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

constexpr size_t kHeaderOctets = 8;
constexpr int kGroupDigits = 4;
constexpr uint16_t kGroupMax = 9999;
constexpr uint16_t kScaleMax = 0x3FFF;
// A weight of 16 bits.
constexpr size_t kWholeDigitsMax = 131072;

enum Sign : uint16_t {
  kPositive = 0,
  kNegative = 0x4000,
  kNaN = 0xC000,
  kInfinity = 0xD000,
  kMinusInfinity = 0xF000,
};

struct Special {
  uint16_t sign;
  uint16_t scale;  // what numeric_send makes of it
  absl::string_view text;
};
constexpr Special kSpecials[] = {
    {kNaN, 0, "NaN"},
    {kInfinity, 32, "Infinity"},
    {kMinusInfinity, 32, "-Infinity"},
};

// The digits of a binary value; zero outside of what it has.
class Groups {
 public:
  explicit Groups(Bytes octets)
      : octets_(octets), count_(static_cast<int>(octets.size() / 2)) {}

  bool AllValid() const {
    for (int i = 0; i < count_; ++i)
      if ((*this)[i] > kGroupMax) return false;
    return true;
  }
  uint16_t operator[](int i) const {
    if (i < 0 || i >= count_) return 0;
    return LoadBig<uint16_t>(octets_.data() + 2 * i);
  }

 private:
  Bytes octets_;
  int count_;
};

char* WriteWhole(const Groups& groups, int weight, char* p) {
  if (weight < 0) {
    *p++ = '0';
    return p;
  }
  p = std::to_chars(p, p + kGroupDigits, groups[0]).ptr;
  for (int i = 1; i <= weight; ++i) p = WriteDigits<kGroupDigits>(groups[i], p);
  return p;
}

// May write a group more than what it returns the end of.
char* WriteFraction(const Groups& groups, int weight, int scale, char* p) {
  if (scale == 0) return p;
  *p++ = '.';
  char* const end = p + scale;
  for (int i = weight + 1; p < end; ++i)
    p = WriteDigits<kGroupDigits>(groups[i], p);
  return end;
}

void PrintNumber(const Groups& groups, int weight, bool negative, int scale,
                 std::string& text) {
  const int groups_max = std::max(weight, 0) + 2;
  const size_t start = text.size();
  text.resize(start + 2 + static_cast<size_t>(groups_max) * kGroupDigits +
              static_cast<size_t>(scale));
  char* p = text.data() + start;
  if (negative) *p++ = '-';
  p = WriteWhole(groups, weight, p);
  p = WriteFraction(groups, weight, scale, p);
  text.resize(static_cast<size_t>(p - text.data()));
}

void AppendHeader(uint16_t groups, int16_t weight, uint16_t sign,
                  uint16_t scale, Buffer& binary) {
  AppendBig(binary, groups);
  AppendBig(binary, weight);
  AppendBig(binary, sign);
  AppendBig(binary, scale);
}

uint32_t GroupOf(absl::string_view digits) {
  uint32_t group = 0;
  for (const char digit : digits)
    group = group * 10 + static_cast<uint32_t>(digit - '0');
  return group;
}

// Appends the decimal digits as groups; `first` of them make the first one,
// and the last one is filled up with zeros.
void AppendGroups(absl::string_view digits, size_t first, Buffer& binary) {
  while (!digits.empty()) {
    uint32_t group = GroupOf(digits.substr(0, first));
    for (size_t i = digits.size(); i < first; ++i) group *= 10;
    AppendBig(binary, static_cast<uint16_t>(group));
    digits.remove_prefix(std::min(first, digits.size()));
    first = kGroupDigits;
  }
}

void DropTrailingZeros(size_t start, Buffer& binary) {
  size_t end = binary.size();
  while (end > start && binary[end - 1] == 0 && binary[end - 2] == 0) end -= 2;
  binary.resize(end);
}

// Appends the digits of the number `whole`.`fraction` and returns the weight
// of the first.
int AppendDigits(absl::string_view whole, absl::string_view fraction,
                 Buffer& binary) {
  int weight = -1;
  if (whole != "0") {
    weight = static_cast<int>((whole.size() - 1) / kGroupDigits);
    AppendGroups(whole, (whole.size() - 1) % kGroupDigits + 1, binary);
  } else {
    while (absl::StartsWith(fraction, "0000")) {
      fraction.remove_prefix(kGroupDigits);
      --weight;
    }
  }
  AppendGroups(fraction, kGroupDigits, binary);
  return weight;
}

class NumericTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() < kHeaderOctets) return false;
    const auto count = LoadBig<uint16_t>(binary.data());
    const auto weight = LoadBig<int16_t>(binary.data() + 2);
    const auto sign = LoadBig<uint16_t>(binary.data() + 4);
    const auto scale = LoadBig<uint16_t>(binary.data() + 6);
    if (binary.size() != kHeaderOctets + 2 * size_t{count}) return false;
    if (sign != kPositive && sign != kNegative)
      return count == 0 && PrintSpecial(sign, text);
    const Groups groups(binary.subspan(kHeaderOctets));
    if (scale > kScaleMax || !groups.AllValid()) return false;
    PrintNumber(groups, weight, sign == kNegative, scale, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    for (const Special& special : kSpecials) {
      if (text != special.text) continue;
      AppendHeader(0, 0, special.sign, special.scale, binary);
      return true;
    }
    TextCursor cursor(text);
    const bool negative = cursor.Take('-');
    const absl::string_view whole = cursor.TakeDigits();
    const bool has_point = cursor.Take('.');
    const absl::string_view fraction = cursor.TakeDigits();
    if (!cursor.at_end() || whole.empty() || has_point == fraction.empty() ||
        (whole[0] == '0' && whole.size() > 1) ||
        whole.size() > kWholeDigitsMax || fraction.size() > kScaleMax)
      return false;
    return ParseNumber(negative, whole, fraction, binary);
  }

  static bool PrintSpecial(uint16_t sign, std::string& text) {
    for (const Special& special : kSpecials) {
      if (sign != special.sign) continue;
      text.append(special.text.data(), special.text.size());
      return true;
    }
    return false;
  }

  static bool ParseNumber(bool negative, absl::string_view whole,
                          absl::string_view fraction, Buffer& binary) {
    const size_t start = binary.size();
    const auto scale = static_cast<uint16_t>(fraction.size());
    binary.resize(start + kHeaderOctets);
    int weight = AppendDigits(whole, fraction, binary);
    DropTrailingZeros(start + kHeaderOctets, binary);
    const size_t count = (binary.size() - start - kHeaderOctets) / 2;
    if (count == 0) {
      if (negative) return false;
      weight = 0;
    }
    uint8_t* const header = binary.data() + start;
    StoreBig(header, static_cast<uint16_t>(count));
    StoreBig(header + 2, static_cast<int16_t>(weight));
    StoreBig(header + 4, uint16_t{negative ? kNegative : kPositive});
    StoreBig(header + 6, scale);
    return true;
  }
};

}  // namespace

const TypeCodec& NumericCodec() {
  static const NumericTypeCodec codec;
  return codec;
}

}  // namespace pgbale
