// Ranges: an octet of flags; for each bound that is finite its octets, 32
// bits, and the octets. Multiranges: how many ranges, 32 bits; for each its
// octets, 32 bits, and the octets.

#include <cstddef>

#include "base/endian.h"
#include "format/types/composites.h"
#include "format/types/text_cursor.h"

namespace pgbale {
namespace {

enum Flag : uint8_t {
  kEmpty = 0x01,
  kLowerInclusive = 0x02,
  kUpperInclusive = 0x04,
  kLowerInfinite = 0x08,
  kUpperInfinite = 0x10,
};
constexpr uint8_t kFlags = 0x1F;
constexpr absl::string_view kEmptyText = "empty";

bool AreValid(uint8_t flags) {
  if ((flags & kEmpty) != 0) return flags == kEmpty;
  return (flags & ~kFlags) == 0 &&
         (flags & (kLowerInclusive | kLowerInfinite)) !=
             (kLowerInclusive | kLowerInfinite) &&
         (flags & (kUpperInclusive | kUpperInfinite)) !=
             (kUpperInclusive | kUpperInfinite);
}

// Takes what stands behind its length off `binary`.
bool TakePart(Bytes& binary, Bytes& part) {
  if (binary.size() < 4) return false;
  const size_t length = LoadBig<uint32_t>(binary.data());
  binary.remove_prefix(4);
  if (length > binary.size()) return false;
  part = binary.first(length);
  binary.remove_prefix(length);
  return true;
}

// Appends `text` as a value behind its length.
bool AppendPart(const TypeCodec& codec, absl::string_view text,
                Buffer& binary) {
  const size_t start = binary.size();
  AppendBig(binary, uint32_t{0});
  if (!codec.FromText(text, binary)) return false;
  StoreBig(binary.data() + start,
           static_cast<uint32_t>(binary.size() - start - 4));
  return true;
}

bool NeedsQuotes(absl::string_view bound) {
  return bound.empty() ||
         bound.find_first_of("\"\\()[], \t\n\v\f\r") != absl::string_view::npos;
}

void AppendQuoted(absl::string_view bound, std::string& text) {
  text.push_back('"');
  for (const char c : bound) {
    if (c == '"' || c == '\\') text.push_back(c);
    text.push_back(c);
  }
  text.push_back('"');
}

// Behind the first quote; all that was doubled stands once in `bound`.
bool TakeQuoted(TextCursor& cursor, std::string& bound) {
  const absl::string_view rest = cursor.rest();
  size_t at = 0;
  for (; at < rest.size(); ++at) {
    if (rest[at] == '"' || rest[at] == '\\') {
      const bool doubled = at + 1 < rest.size() && rest[at + 1] == rest[at];
      if (!doubled) break;
      ++at;
    }
    bound.push_back(rest[at]);
  }
  return cursor.Take(rest.substr(0, at)) && cursor.Take('"');
}

class RangeCodec : public TypeCodec {
 public:
  explicit RangeCodec(const TypeCodec& element) : element_(element) {}

 private:
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.empty() || !AreValid(binary[0])) return false;
    const uint8_t flags = binary[0];
    binary.remove_prefix(1);
    if (flags == kEmpty) {
      text.append(kEmptyText.data(), kEmptyText.size());
      return binary.empty();
    }
    text.push_back((flags & kLowerInclusive) != 0 ? '[' : '(');
    if ((flags & kLowerInfinite) == 0 && !PrintBound(binary, text))
      return false;
    text.push_back(',');
    if ((flags & kUpperInfinite) == 0 && !PrintBound(binary, text))
      return false;
    text.push_back((flags & kUpperInclusive) != 0 ? ']' : ')');
    return binary.empty();
  }

  bool PrintBound(Bytes& binary, std::string& text) const {
    Bytes value;
    const size_t start = text.size();
    if (!TakePart(binary, value) || !element_.ToText(value, text)) return false;
    const auto printed = absl::string_view(text).substr(start);
    if (!NeedsQuotes(printed)) return true;
    const std::string bare(printed);
    text.resize(start);
    AppendQuoted(bare, text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    const size_t start = binary.size();
    binary.push_back(kEmpty);
    if (text == kEmptyText) return true;
    TextCursor cursor(text);
    uint8_t flags = 0;
    if (cursor.Take('['))
      flags |= kLowerInclusive;
    else if (!cursor.Take('('))
      return false;
    if (cursor.Take(','))
      flags |= kLowerInfinite;
    else if (!ParseBound(cursor, binary) || !cursor.Take(','))
      return false;
    if (cursor.peek() == ']' || cursor.peek() == ')')
      flags |= kUpperInfinite;
    else if (!ParseBound(cursor, binary))
      return false;
    if (cursor.Take(']'))
      flags |= kUpperInclusive;
    else if (!cursor.Take(')'))
      return false;
    binary[start] = flags;
    return cursor.at_end() && AreValid(flags);
  }

  bool ParseBound(TextCursor& cursor, Buffer& binary) const {
    if (cursor.Take('"')) {
      std::string bound;
      return TakeQuoted(cursor, bound) && NeedsQuotes(bound) &&
             AppendPart(element_, bound, binary);
    }
    const absl::string_view rest = cursor.rest();
    const absl::string_view bound = rest.substr(0, rest.find_first_of(",)]"));
    return cursor.Take(bound) && !NeedsQuotes(bound) &&
           AppendPart(element_, bound, binary);
  }

  const TypeCodec& element_;
};

// The range at the beginning of `text`, up to the first bracket that closes
// and is not quoted.
absl::string_view RangeAt(absl::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && (text[i] == ')' || text[i] == ']'))
      return text.substr(0, i + 1);
  }
  return text;
}

class MultirangeCodec : public TypeCodec {
 public:
  explicit MultirangeCodec(const TypeCodec& range) : range_(range) {}

 private:
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() < 4) return false;
    const auto count = LoadBig<uint32_t>(binary.data());
    binary.remove_prefix(4);
    text.push_back('{');
    for (uint32_t i = 0; i < count; ++i) {
      Bytes range;
      if (i != 0) text.push_back(',');
      // There is no empty one among them.
      if (!TakePart(binary, range) || range.empty() || range[0] == kEmpty ||
          !range_.ToText(range, text))
        return false;
    }
    text.push_back('}');
    return binary.empty();
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    const size_t start = binary.size();
    AppendBig(binary, uint32_t{0});
    if (text == "{}") return true;
    TextCursor cursor(text);
    if (!cursor.Take('{')) return false;
    uint32_t count = 0;
    do {
      const absl::string_view range = RangeAt(cursor.rest());
      if (range == kEmptyText || !cursor.Take(range) ||
          !AppendPart(range_, range, binary))
        return false;
      ++count;
    } while (cursor.Take(','));
    StoreBig(binary.data() + start, count);
    return cursor.Take('}') && cursor.at_end();
  }

  const TypeCodec& range_;
};

}  // namespace

std::unique_ptr<TypeCodec> MakeRangeCodec(const TypeCodec& element) {
  return std::make_unique<RangeCodec>(element);
}

std::unique_ptr<TypeCodec> MakeMultirangeCodec(const TypeCodec& element) {
  return std::make_unique<MultirangeCodec>(element);
}

}  // namespace pgbale
