// inet, cidr: an address of version 4 or 6 and how many of its bits are the
// network's.
//
//   0  family  1  bits  2  1 for cidr  3  octets of the address  4  address

#include <array>

#include "base/endian.h"
#include "format/types/text_cursor.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

constexpr size_t kHeaderOctets = 4;
constexpr uint8_t kOctets4 = 4, kOctets6 = 16;
// PostgreSQL's own numbers, the same on all systems.
constexpr uint8_t kFamily4 = 2, kFamily6 = 3;

constexpr int kWords = 8;
using Words = std::array<uint16_t, kWords>;

struct Run {
  int start = kWords;
  int length = 0;
};

// The longest run of zeros, the first of equal ones; empty if it is of one
// word.
Run LongestZeros(const Words& words) {
  Run best, run;
  for (int i = 0; i < kWords; ++i) {
    if (words[i] != 0)
      run = {};
    else if (run.length++ == 0)
      run.start = i;
    if (run.length > best.length) best = run;
  }
  return best.length > 1 ? best : Run();
}

// Is the end of the address printed as one of version 4?
bool HasVersion4Inside(const Words& words, const Run& zeros) {
  if (zeros.start != 0) return false;
  return zeros.length == 6 || (zeros.length == 7 && words[7] != 1) ||
         (zeros.length == 5 && words[5] == 0xFFFF);
}

void Print4(const uint8_t* octets, std::string& text) {
  for (size_t i = 0; i < kOctets4; ++i) {
    if (i != 0) text.push_back('.');
    AppendNumber(uint32_t{octets[i]}, text);
  }
}

void Print6(const uint8_t* octets, std::string& text) {
  Words words;
  for (int i = 0; i < kWords; ++i) words[i] = LoadBig<uint16_t>(octets + 2 * i);
  const Run zeros = LongestZeros(words);
  const bool version4_inside = HasVersion4Inside(words, zeros);
  for (int i = 0; i < kWords; ++i) {
    if (i >= zeros.start && i < zeros.start + zeros.length) {
      if (i == zeros.start) text.push_back(':');
      continue;
    }
    if (i != 0) text.push_back(':');
    if (i == 6 && version4_inside) return Print4(octets + 2 * i, text);
    AppendNumber(uint32_t{words[i]}, text, 16);
  }
  if (zeros.start + zeros.length == kWords && zeros.length != 0)
    text.push_back(':');
}

bool Take4(TextCursor& cursor, uint8_t* octets) {
  for (size_t i = 0; i < kOctets4; ++i)
    if ((i != 0 && !cursor.Take('.')) || !cursor.TakeNumber(octets[i]))
      return false;
  return true;
}

// Words up to the text's end or "::", or to an address of version 4; false if
// there are more than kWords.
bool TakeWords(TextCursor& cursor, Words& words, int& count) {
  for (count = 0; !cursor.at_end(); ++count) {
    if (absl::StartsWith(cursor.rest(), "::")) return true;
    if (count == kWords || (count != 0 && !cursor.Take(':'))) return false;
    uint8_t octets[kOctets4];
    TextCursor ahead = cursor;
    if (count <= kWords - 2 && Take4(ahead, octets)) {
      words[count++] = LoadBig<uint16_t>(octets);
      words[count] = LoadBig<uint16_t>(octets + 2);
      cursor = ahead;
    } else if (!cursor.TakeNumber(words[count], 16)) {
      return false;
    }
  }
  return true;
}

// What Print6 makes, and more: the caller compares.
bool Parse6(absl::string_view text, uint8_t* octets) {
  TextCursor cursor(text);
  Words words{}, tail{};
  int count = 0, tail_count = 0;
  if (!TakeWords(cursor, words, count)) return false;
  if (cursor.Take("::")) {
    if (!TakeWords(cursor, tail, tail_count) || !cursor.at_end() ||
        count + tail_count > kWords)
      return false;
    for (int i = 0; i < tail_count; ++i)
      words[kWords - tail_count + i] = tail[i];
  } else if (count != kWords) {
    return false;
  }
  for (int i = 0; i < kWords; ++i) StoreBig(octets + 2 * i, words[i]);
  return true;
}

class NetworkCodec : public TypeCodec {
 public:
  explicit NetworkCodec(bool is_cidr) : is_cidr_(is_cidr) {}

 private:
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() < kHeaderOctets) return false;
    const Bytes address = binary.subspan(kHeaderOctets);
    const uint8_t bits = binary[1];
    const bool version4 = binary[0] == kFamily4;
    if ((!version4 && binary[0] != kFamily6) ||
        address.size() != (version4 ? kOctets4 : kOctets6) ||
        binary[3] != address.size() || bits > 8 * address.size() ||
        binary[2] != (is_cidr_ ? 1 : 0))
      return false;
    if (version4)
      Print4(address.data(), text);
    else
      Print6(address.data(), text);
    if (!is_cidr_ && bits == 8 * address.size()) return true;
    text.push_back('/');
    AppendNumber(uint32_t{bits}, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    const size_t slash = text.find('/');
    const absl::string_view address = text.substr(0, slash);
    const bool version4 = address.find(':') == absl::string_view::npos;
    const uint8_t octets = version4 ? kOctets4 : kOctets6;
    const size_t start = binary.size();
    binary.resize(start + kHeaderOctets + octets);
    uint8_t* const out = binary.data() + start;
    uint8_t bits = static_cast<uint8_t>(8 * octets);
    if (slash != absl::string_view::npos &&
        !TextCursor(text.substr(slash + 1)).TakeNumber(bits))
      return false;
    out[0] = version4 ? kFamily4 : kFamily6;
    out[1] = bits;
    out[2] = is_cidr_ ? 1 : 0;
    out[3] = octets;
    TextCursor cursor(address);
    if (version4 ? !Take4(cursor, out + kHeaderOctets)
                 : !Parse6(address, out + kHeaderOctets))
      return false;
    std::string printed;
    return Print(Bytes(out, kHeaderOctets + octets), printed) &&
           printed == text;
  }

  const bool is_cidr_;
};

}  // namespace

const TypeCodec& InetCodec() {
  static const NetworkCodec codec(false);
  return codec;
}

const TypeCodec& CidrCodec() {
  static const NetworkCodec codec(true);
  return codec;
}

}  // namespace pgbale
