// Arrays of any type.
//
//   0  32 bits  dimensions; 0: no elements, and nothing follows the header
//   4  32 bits  1 if an element is NULL
//   8  32 bits  oid of the elements' type
//  12  for each dimension its length and the number of its first element,
//      32 bits each
//   …  for each element its octets, 32 bits, and the octets; -1: NULL

#include <array>
#include <cstddef>

#include "absl/strings/match.h"
#include "base/endian.h"
#include "format/types/composites.h"
#include "format/types/text_cursor.h"
#include "format/types/text_printer.h"

namespace pgbale {
namespace {

constexpr size_t kDimensionsMax = 6;
constexpr size_t kHeaderOctets = 12;
constexpr size_t kDimensionOctets = 8;
constexpr size_t kLengthOctets = 4;
// No value on the wire is longer.
constexpr size_t kValueOctetsMax = size_t{1} << 30;
constexpr int32_t kNullLength = -1;
constexpr absl::string_view kNullText = "NULL";

struct Dimension {
  int64_t length = 0;
  int64_t first = 1;
  int64_t last() const { return first + length - 1; }
};

struct Dimensions {
  size_t count = 0;
  std::array<Dimension, kDimensionsMax> items;

  // Must the text begin with them?
  bool AreTold() const {
    for (size_t i = 0; i < count; ++i)
      if (items[i].first != 1) return true;
    return false;
  }
};

bool NeedsQuotes(absl::string_view element, char delimiter) {
  if (element.empty() || absl::EqualsIgnoreCase(element, kNullText))
    return true;
  for (const char c : element)
    if (c == '"' || c == '\\' || c == '{' || c == '}' || c == delimiter ||
        c == ' ' || (c >= '\t' && c <= '\r'))
      return true;
  return false;
}

void AppendQuoted(absl::string_view element, std::string& text) {
  text.push_back('"');
  for (const char c : element) {
    if (c == '"' || c == '\\') text.push_back('\\');
    text.push_back(c);
  }
  text.push_back('"');
}

class ArrayPrinter {
 public:
  ArrayPrinter(const TypeCodec& element, char delimiter, std::string& text)
      : element_(element), delimiter_(delimiter), text_(text) {}

  // `binary` begins with the first dimension.
  bool Print(size_t dimensions, Bytes binary) {
    rest_ = binary;
    dimensions_.count = dimensions;
    if (!ReadDimensions()) return false;
    if (dimensions_.AreTold()) PrintDimensions();
    return PrintLevel(0) && rest_.empty();
  }

 private:
  bool ReadDimensions() {
    int64_t elements = 1;
    for (size_t i = 0; i < dimensions_.count; ++i) {
      if (rest_.size() < kDimensionOctets) return false;
      Dimension& dimension = dimensions_.items[i];
      dimension.length = LoadBig<int32_t>(rest_.data());
      dimension.first = LoadBig<int32_t>(rest_.data() + 4);
      rest_.remove_prefix(kDimensionOctets);
      if (dimension.length < 1 || dimension.last() > INT32_MAX) return false;
      elements *= dimension.length;
      if (elements > static_cast<int64_t>(rest_.size() / kLengthOctets))
        return false;
    }
    return true;
  }

  void PrintDimensions() {
    for (size_t i = 0; i < dimensions_.count; ++i) {
      text_.push_back('[');
      AppendNumber(dimensions_.items[i].first, text_);
      text_.push_back(':');
      AppendNumber(dimensions_.items[i].last(), text_);
      text_.push_back(']');
    }
    text_.push_back('=');
  }

  bool PrintLevel(size_t level) {
    text_.push_back('{');
    for (int64_t i = 0; i < dimensions_.items[level].length; ++i) {
      if (i != 0) text_.push_back(delimiter_);
      const bool inner = level + 1 < dimensions_.count;
      if (!(inner ? PrintLevel(level + 1) : PrintElement())) return false;
    }
    text_.push_back('}');
    return true;
  }

  bool PrintElement() {
    if (rest_.size() < kLengthOctets) return false;
    const auto length = LoadBig<int32_t>(rest_.data());
    rest_.remove_prefix(kLengthOctets);
    if (length == kNullLength) {
      text_.append(kNullText.data(), kNullText.size());
      return true;
    }
    if (length < 0 || static_cast<size_t>(length) > rest_.size()) return false;
    const size_t start = text_.size();
    if (!element_.ToText(rest_.first(static_cast<size_t>(length)), text_))
      return false;
    rest_.remove_prefix(static_cast<size_t>(length));
    const auto printed = absl::string_view(text_).substr(start);
    if (!NeedsQuotes(printed, delimiter_)) return true;
    const std::string bare(printed);
    text_.resize(start);
    AppendQuoted(bare, text_);
    return true;
  }

  const TypeCodec& element_;
  const char delimiter_;
  std::string& text_;
  Dimensions dimensions_;
  Bytes rest_;
};

class ArrayParser {
 public:
  ArrayParser(const TypeCodec& element, char delimiter, absl::string_view text,
              Buffer& binary)
      : element_(element),
        delimiter_(delimiter),
        cursor_(text),
        binary_(binary),
        start_(binary.size()) {}

  bool Parse(uint32_t element_oid) {
    if (!TakeDimensions()) return false;
    CountBraces();
    if (dimensions_.count == 0 || (told_ != 0 && told_ != dimensions_.count))
      return false;
    binary_.resize(start_ + kHeaderOctets +
                   dimensions_.count * kDimensionOctets);
    if (!TakeLevel(0) || !cursor_.at_end()) return false;
    if (told_ != 0 && !ToldIsTrue()) return false;
    StoreHeader(element_oid);
    return true;
  }

 private:
  // "[2:3][0:4]=", or nothing.
  bool TakeDimensions() {
    while (cursor_.Take('[')) {
      if (told_ == kDimensionsMax) return false;
      int32_t first = 0;
      if (!cursor_.TakeNumber(first) || !cursor_.Take(':') ||
          !cursor_.TakeNumber(last_[told_]) || !cursor_.Take(']'))
        return false;
      dimensions_.items[told_++].first = first;
    }
    return told_ == 0 || cursor_.Take('=');
  }

  void CountBraces() {
    const absl::string_view rest = cursor_.rest();
    size_t braces = 0;
    while (braces < rest.size() && rest[braces] == '{') ++braces;
    if (braces <= kDimensionsMax) dimensions_.count = braces;
  }

  bool ToldIsTrue() const {
    for (size_t i = 0; i < told_; ++i)
      if (dimensions_.items[i].last() != last_[i]) return false;
    return dimensions_.AreTold();
  }

  bool TakeLevel(size_t level) {
    if (!cursor_.Take('{')) return false;
    int64_t length = 0;
    do {
      const bool inner = level + 1 < dimensions_.count;
      if (!(inner ? TakeLevel(level + 1) : TakeElement())) return false;
      ++length;
    } while (cursor_.Take(delimiter_));
    Dimension& dimension = dimensions_.items[level];
    if (dimension.length == 0) dimension.length = length;
    return dimension.length == length && cursor_.Take('}');
  }

  bool TakeElement() {
    const bool quoted = cursor_.Take('"');
    absl::string_view value;
    if (!(quoted ? TakeQuoted(value) : TakeBare(value))) return false;
    const size_t at = binary_.size();
    AppendBig(binary_, kNullLength);
    if (!quoted && value == kNullText) {
      has_null_ = true;
      return true;
    }
    if (NeedsQuotes(value, delimiter_) != quoted ||
        !element_.FromText(value, binary_) ||
        binary_.size() - start_ > kValueOctetsMax)
      return false;
    StoreBig(binary_.data() + at,
             static_cast<int32_t>(binary_.size() - at - kLengthOctets));
    return true;
  }

  bool TakeBare(absl::string_view& value) {
    const absl::string_view rest = cursor_.rest();
    size_t size = 0;
    while (size < rest.size() && rest[size] != delimiter_ && rest[size] != '}')
      ++size;
    value = rest.substr(0, size);
    return cursor_.Take(value);
  }

  // `value` is valid until the next call.
  bool TakeQuoted(absl::string_view& value) {
    const absl::string_view rest = cursor_.rest();
    bare_.clear();
    size_t at = 0;
    while (at < rest.size() && rest[at] != '"') {
      if (rest[at] == '\\') {
        ++at;
        if (at == rest.size() || (rest[at] != '"' && rest[at] != '\\'))
          return false;
      }
      bare_.push_back(rest[at++]);
    }
    value = bare_;
    return cursor_.Take(rest.substr(0, at)) && cursor_.Take('"');
  }

  void StoreHeader(uint32_t element_oid) {
    uint8_t* p = binary_.data() + start_;
    StoreBig(p, static_cast<uint32_t>(dimensions_.count));
    StoreBig(p + 4, uint32_t{has_null_});
    StoreBig(p + 8, element_oid);
    p += kHeaderOctets;
    for (size_t i = 0; i < dimensions_.count; ++i, p += kDimensionOctets) {
      StoreBig(p, static_cast<int32_t>(dimensions_.items[i].length));
      StoreBig(p + 4, static_cast<int32_t>(dimensions_.items[i].first));
    }
  }

  const TypeCodec& element_;
  const char delimiter_;
  TextCursor cursor_;
  Buffer& binary_;
  const size_t start_;
  Dimensions dimensions_;
  size_t told_ = 0;  // dimensions before the braces
  std::array<int32_t, kDimensionsMax> last_{};
  bool has_null_ = false;
  std::string bare_;
};

class ArrayCodec : public TypeCodec {
 public:
  ArrayCodec(uint32_t element_oid, char delimiter, const TypeCodec& element)
      : element_oid_(element_oid), delimiter_(delimiter), element_(element) {}

 private:
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() < kHeaderOctets) return false;
    const size_t dimensions = LoadBig<uint32_t>(binary.data());
    if (dimensions > kDimensionsMax ||
        LoadBig<uint32_t>(binary.data() + 4) > 1 ||
        LoadBig<uint32_t>(binary.data() + 8) != element_oid_)
      return false;
    if (dimensions == 0) {
      text.append("{}");
      return binary.size() == kHeaderOctets;
    }
    return ArrayPrinter(element_, delimiter_, text)
        .Print(dimensions, binary.subspan(kHeaderOctets));
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (text != "{}")
      return ArrayParser(element_, delimiter_, text, binary)
          .Parse(element_oid_);
    AppendBig(binary, uint32_t{0});
    AppendBig(binary, uint32_t{0});
    AppendBig(binary, element_oid_);
    return true;
  }

  const uint32_t element_oid_;
  const char delimiter_;
  const TypeCodec& element_;
};

}  // namespace

std::unique_ptr<TypeCodec> MakeArrayCodec(uint32_t element_oid, char delimiter,
                                          const TypeCodec& element) {
  return std::make_unique<ArrayCodec>(element_oid, delimiter, element);
}

}  // namespace pgbale
