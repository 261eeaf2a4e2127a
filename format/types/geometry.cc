// Geometric types: numbers of double precision in brackets of many shapes.

#include <bit>
#include <cstddef>

#include "base/endian.h"
#include "format/types/floats.h"
#include "format/types/text_cursor.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

constexpr size_t kNumberOctets = sizeof(double);
constexpr size_t kPointOctets = 2 * kNumberOctets;

void PrintNumber(const uint8_t* octets, std::string& text) {
  AppendFloat(std::bit_cast<double>(LoadBig<uint64_t>(octets)), text);
}

// A number up to what cannot be part of one.
bool TakeNumber(TextCursor& cursor, Buffer& binary) {
  const size_t size =
      std::min(cursor.rest().find_first_of(",)]}>"), cursor.rest().size());
  double value = 0;
  const absl::string_view number = cursor.rest().substr(0, size);
  if (!ParseFloat(number, value)) return false;
  AppendBig(binary, std::bit_cast<uint64_t>(value));
  return cursor.Take(number);
}

void PrintPoint(const uint8_t* octets, std::string& text) {
  text.push_back('(');
  PrintNumber(octets, text);
  text.push_back(',');
  PrintNumber(octets + kNumberOctets, text);
  text.push_back(')');
}

bool TakePoint(TextCursor& cursor, Buffer& binary) {
  return cursor.Take('(') && TakeNumber(cursor, binary) && cursor.Take(',') &&
         TakeNumber(cursor, binary) && cursor.Take(')');
}

void PrintPoints(Bytes octets, std::string& text) {
  for (size_t at = 0; at < octets.size(); at += kPointOctets) {
    if (at != 0) text.push_back(',');
    PrintPoint(octets.data() + at, text);
  }
}

// One point or more.
bool TakePoints(TextCursor& cursor, Buffer& binary) {
  do {
    if (!TakePoint(cursor, binary)) return false;
  } while (cursor.Take(','));
  return true;
}

// A fixed number of numbers, each with what the template has before it: every
// octet of the template but '#' is printed as it is, and '#' is a number.
class NumbersCodec : public TypeCodec {
 public:
  explicit NumbersCodec(absl::string_view form) : form_(form) {}

 private:
  bool Print(Bytes binary, std::string& text) const override {
    const uint8_t* p = binary.data();
    const uint8_t* const end = p + binary.size();
    for (const char c : form_) {
      if (c != '#') {
        text.push_back(c);
        continue;
      }
      if (static_cast<size_t>(end - p) < kNumberOctets) return false;
      PrintNumber(p, text);
      p += kNumberOctets;
    }
    return p == end;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    TextCursor cursor(text);
    for (const char c : form_)
      if (c == '#' ? !TakeNumber(cursor, binary) : !cursor.Take(c))
        return false;
    return cursor.at_end();
  }

  const absl::string_view form_;
};

// How many points there are, 32 bits, and the points; before that, of a path,
// an octet: 1 if it is closed.
class PointsCodec : public TypeCodec {
 public:
  explicit PointsCodec(bool may_be_open) : may_be_open_(may_be_open) {}

 private:
  static constexpr size_t kCountOctets = 4;

  bool Print(Bytes binary, std::string& text) const override {
    bool closed = true;
    if (may_be_open_) {
      if (binary.empty() || binary[0] > 1) return false;
      closed = binary[0] == 1;
      binary.remove_prefix(1);
    }
    if (binary.size() < kCountOctets) return false;
    const size_t count = LoadBig<uint32_t>(binary.data());
    const Bytes points = binary.subspan(kCountOctets);
    if (count == 0 || points.size() % kPointOctets != 0 ||
        points.size() / kPointOctets != count)
      return false;
    text.push_back(closed ? '(' : '[');
    PrintPoints(points, text);
    text.push_back(closed ? ')' : ']');
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    TextCursor cursor(text);
    const bool closed = cursor.Take('(');
    if (!closed && !(may_be_open_ && cursor.Take('['))) return false;
    if (may_be_open_) binary.push_back(closed ? 1 : 0);
    const size_t start = binary.size() + kCountOctets;
    binary.resize(start);
    if (!TakePoints(cursor, binary) || !cursor.Take(closed ? ')' : ']') ||
        !cursor.at_end())
      return false;
    const size_t count = (binary.size() - start) / kPointOctets;
    StoreBig(binary.data() + start - kCountOctets,
             static_cast<uint32_t>(count));
    return count <= INT32_MAX;
  }

  const bool may_be_open_;
};

}  // namespace

const TypeCodec& PointCodec() {
  static const NumbersCodec codec("(#,#)");
  return codec;
}

const TypeCodec& LsegCodec() {
  static const NumbersCodec codec("[(#,#),(#,#)]");
  return codec;
}

const TypeCodec& BoxCodec() {
  static const NumbersCodec codec("(#,#),(#,#)");
  return codec;
}

const TypeCodec& LineCodec() {
  static const NumbersCodec codec("{#,#,#}");
  return codec;
}

const TypeCodec& CircleCodec() {
  static const NumbersCodec codec("<(#,#),#>");
  return codec;
}

const TypeCodec& PathCodec() {
  static const PointsCodec codec(true);
  return codec;
}

const TypeCodec& PolygonCodec() {
  static const PointsCodec codec(false);
  return codec;
}

}  // namespace pgbale
