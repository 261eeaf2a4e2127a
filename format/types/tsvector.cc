// tsvector: how many lexemes, 32 bits; each with a zero behind it, how many
// positions, 16 bits, and the positions, 16 bits each: 2 of weight, 14 of
// place. "'fat':2A,5 'rat'".

#include <algorithm>
#include <cstddef>

#include "base/endian.h"
#include "format/types/text_cursor.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

// By weight; the first is not printed.
constexpr char kWeights[] = {'\0', 'C', 'B', 'A'};
constexpr uint16_t kPlaceMax = 0x3FFF;
constexpr int kPlaceBits = 14;
constexpr size_t kPositionsMax = 255;

bool IsDoubled(char c) { return c == '\'' || c == '\\'; }

// Takes the next lexeme with its positions off `binary`.
bool PrintLexeme(Bytes& binary, std::string& text) {
  const auto zero = std::find(binary.begin(), binary.end(), 0);
  if (zero == binary.end() || zero == binary.begin()) return false;
  text.push_back('\'');
  for (auto p = binary.begin(); p != zero; ++p) {
    if (IsDoubled(static_cast<char>(*p))) text.push_back(static_cast<char>(*p));
    text.push_back(static_cast<char>(*p));
  }
  text.push_back('\'');
  binary.remove_prefix(static_cast<size_t>(zero - binary.begin()) + 1);
  return true;
}

bool PrintPositions(Bytes& binary, std::string& text) {
  if (binary.size() < 2) return false;
  const size_t count = LoadBig<uint16_t>(binary.data());
  binary.remove_prefix(2);
  if (count > kPositionsMax || binary.size() < 2 * count) return false;
  for (size_t i = 0; i < count; ++i) {
    const auto position = LoadBig<uint16_t>(binary.data() + 2 * i);
    const uint32_t place = position & kPlaceMax;
    if (place == 0) return false;
    text.push_back(i == 0 ? ':' : ',');
    AppendNumber(place, text);
    const int weight = position >> kPlaceBits;
    if (weight != 0) text.push_back(kWeights[weight]);
  }
  binary.remove_prefix(2 * count);
  return true;
}

bool ParseLexeme(TextCursor& cursor, Buffer& binary) {
  const absl::string_view rest = cursor.rest();
  if (rest.empty() || rest[0] != '\'') return false;
  const size_t start = binary.size();
  size_t at = 1;
  for (; at < rest.size(); ++at) {
    if (IsDoubled(rest[at])) {
      const bool doubled = at + 1 < rest.size() && rest[at + 1] == rest[at];
      if (!doubled) break;
      ++at;
    }
    if (rest[at] == '\0') return false;
    binary.push_back(static_cast<uint8_t>(rest[at]));
  }
  if (binary.size() == start) return false;
  binary.push_back(0);
  return cursor.Take(rest.substr(0, at)) && cursor.Take('\'');
}

bool ParsePositions(TextCursor& cursor, Buffer& binary) {
  const size_t start = binary.size();
  AppendBig(binary, uint16_t{0});
  if (!cursor.Take(':')) return true;
  uint16_t count = 0;
  do {
    uint16_t place = 0;
    if (count == kPositionsMax || !cursor.TakeNumber(place) || place == 0 ||
        place > kPlaceMax)
      return false;
    int weight = 3;
    while (weight > 0 && !cursor.Take(kWeights[weight])) --weight;
    AppendBig(binary, static_cast<uint16_t>(weight << kPlaceBits | place));
    ++count;
  } while (cursor.Take(','));
  StoreBig(binary.data() + start, count);
  return true;
}

class TsvectorTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() < 4) return false;
    const auto count = LoadBig<uint32_t>(binary.data());
    binary.remove_prefix(4);
    for (uint32_t i = 0; i < count; ++i) {
      if (i != 0) text.push_back(' ');
      if (!PrintLexeme(binary, text) || !PrintPositions(binary, text))
        return false;
    }
    return binary.empty();
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    const size_t start = binary.size();
    AppendBig(binary, uint32_t{0});
    if (text.empty()) return true;
    TextCursor cursor(text);
    uint32_t count = 0;
    do {
      if (!ParseLexeme(cursor, binary) || !ParsePositions(cursor, binary))
        return false;
      ++count;
    } while (cursor.Take(' '));
    StoreBig(binary.data() + start, count);
    return cursor.at_end();
  }
};

}  // namespace

const TypeCodec& TsvectorCodec() {
  static const TsvectorTypeCodec codec;
  return codec;
}

}  // namespace pgbale
