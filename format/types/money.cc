// money: hundredths, 64 bits with sign; "-$1,234.50" where lc_monetary is C.

#include "base/endian.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

void PrintMoney(int64_t value, std::string& text) {
  constexpr int kPlaces = 2, kGroup = 3;
  char digits[40];
  char* p = digits + sizeof(digits);
  uint64_t rest = static_cast<uint64_t>(value);
  if (value < 0) rest = 0 - rest;
  for (int i = 0; rest != 0 || i <= kPlaces; ++i, rest /= 10) {
    if (i == kPlaces)
      *--p = '.';
    else if (i > kPlaces && (i - kPlaces) % kGroup == 0)
      *--p = ',';
    *--p = static_cast<char>('0' + rest % 10);
  }
  text.append(value < 0 ? "-$" : "$");
  text.append(p, static_cast<size_t>(digits + sizeof(digits) - p));
}

class MoneyTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != sizeof(int64_t)) return false;
    PrintMoney(LoadBig<int64_t>(binary.data()), text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    constexpr uint64_t kTooLarge = UINT64_MAX / 10;
    uint64_t value = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') continue;
      if (value > kTooLarge - 1) return false;
      value = value * 10 + static_cast<uint64_t>(c - '0');
    }
    if (!text.empty() && text[0] == '-') value = 0 - value;
    std::string printed;
    PrintMoney(static_cast<int64_t>(value), printed);
    if (printed != text) return false;
    AppendBig(binary, value);
    return true;
  }
};

}  // namespace

const TypeCodec& MoneyCodec() {
  static const MoneyTypeCodec codec;
  return codec;
}

}  // namespace pgbale
