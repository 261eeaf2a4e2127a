// Places in a database: pg_lsn, 64 bits, "16/B374D848"; tid, a block of 32
// bits and a row of 16, "(3,14)".

#include "base/endian.h"
#include "format/types/text_cursor.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

void AppendUpperHex(uint32_t value, std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  int shift = 28;
  while (shift > 0 && value >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) text.push_back(kDigits[(value >> shift) & 15]);
}

class LsnCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != 8) return false;
    AppendUpperHex(LoadBig<uint32_t>(binary.data()), text);
    text.push_back('/');
    AppendUpperHex(LoadBig<uint32_t>(binary.data() + 4), text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (text.find_first_of("abcdef") != absl::string_view::npos) return false;
    TextCursor cursor(text);
    uint32_t high = 0, low = 0;
    if (!cursor.TakeNumber(high, 16) || !cursor.Take('/') ||
        !cursor.TakeNumber(low, 16) || !cursor.at_end())
      return false;
    AppendBig(binary, high);
    AppendBig(binary, low);
    return true;
  }
};

class TidTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != 6) return false;
    text.push_back('(');
    AppendNumber(LoadBig<uint32_t>(binary.data()), text);
    text.push_back(',');
    AppendNumber(LoadBig<uint16_t>(binary.data() + 4), text);
    text.push_back(')');
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    TextCursor cursor(text);
    uint32_t block = 0;
    uint16_t row = 0;
    if (!cursor.Take('(') || !cursor.TakeNumber(block) || !cursor.Take(',') ||
        !cursor.TakeNumber(row) || !cursor.Take(')') || !cursor.at_end())
      return false;
    AppendBig(binary, block);
    AppendBig(binary, row);
    return true;
  }
};

}  // namespace

const TypeCodec& PgLsnCodec() {
  static const LsnCodec codec;
  return codec;
}

const TypeCodec& TidCodec() {
  static const TidTypeCodec codec;
  return codec;
}

}  // namespace pgbale
