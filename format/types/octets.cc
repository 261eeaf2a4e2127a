// Octets that are printed in hexadecimal: bytea, uuid, macaddr, macaddr8.

#include "format/types/hex.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

class ByteaTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    const size_t start = text.size();
    text.resize(start + 2 + 2 * binary.size());
    text[start] = '\\';
    text[start + 1] = 'x';
    WriteHex(binary, text.data() + start + 2);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (text.size() % 2 != 0 || text.substr(0, 2) != "\\x") return false;
    text.remove_prefix(2);
    const size_t start = binary.size();
    binary.resize(start + text.size() / 2);
    return ReadHex(text, binary.data() + start);
  }
};

// A fixed number of octets, with a separator before some of them.
class GroupedCodec : public TypeCodec {
 public:
  // Bit i of `separated` is 1 if one stands before octet i.
  GroupedCodec(size_t octets, uint32_t separated, char separator)
      : octets_(octets), separated_(separated), separator_(separator) {}

 private:
  static constexpr size_t kTextMax = 64;

  bool SeparatedAt(size_t i) const { return ((separated_ >> i) & 1) != 0; }

  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != octets_) return false;
    char digits[kTextMax];
    char* p = digits;
    for (size_t i = 0; i < octets_; ++i) {
      if (SeparatedAt(i)) *p++ = separator_;
      p = WriteHex(binary.subspan(i, 1), p);
    }
    text.append(digits, static_cast<size_t>(p - digits));
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    const size_t start = binary.size();
    binary.resize(start + octets_);
    for (size_t i = 0; i < octets_; ++i) {
      if (SeparatedAt(i)) {
        if (text.empty() || text[0] != separator_) return false;
        text.remove_prefix(1);
      }
      if (text.size() < 2 ||
          !ReadHex(text.substr(0, 2), binary.data() + start + i))
        return false;
      text.remove_prefix(2);
    }
    return text.empty();
  }

  const size_t octets_;
  const uint32_t separated_;
  const char separator_;
};

}  // namespace

const TypeCodec& ByteaCodec() {
  static const ByteaTypeCodec codec;
  return codec;
}

const TypeCodec& UuidCodec() {
  static const GroupedCodec codec(16, 0b0000'0101'0101'0000, '-');
  return codec;
}

const TypeCodec& MacaddrCodec() {
  static const GroupedCodec codec(6, 0b11'1110, ':');
  return codec;
}

const TypeCodec& Macaddr8Codec() {
  static const GroupedCodec codec(8, 0b1111'1110, ':');
  return codec;
}

}  // namespace pgbale
