// bit, varbit: how many bits there are, 32 bits; the bits, the first one in
// the highest bit of an octet, the last octet filled up with zeros.

#include "base/endian.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

constexpr size_t kHeaderOctets = 4;

class BitStringCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() < kHeaderOctets) return false;
    const size_t count = LoadBig<uint32_t>(binary.data());
    const Bytes octets = binary.subspan(kHeaderOctets);
    if (octets.size() != (count + 7) / 8) return false;
    if (count % 8 != 0 && (octets.back() << count % 8 & 0xFF) != 0)
      return false;
    const size_t start = text.size();
    text.resize(start + count);
    char* const out = text.data() + start;
    for (size_t i = 0; i < count; ++i)
      out[i] = static_cast<char>('0' + (octets[i / 8] >> (7 - i % 8) & 1));
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (text.size() > INT32_MAX) return false;
    AppendBig(binary, static_cast<uint32_t>(text.size()));
    unsigned octet = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '0' && text[i] != '1') return false;
      octet = octet << 1 | static_cast<unsigned>(text[i] - '0');
      if (i % 8 != 7) continue;
      binary.push_back(static_cast<uint8_t>(octet));
    }
    const size_t last = text.size() % 8;
    if (last != 0) binary.push_back(static_cast<uint8_t>(octet << (8 - last)));
    return true;
  }
};

}  // namespace

const TypeCodec& BitCodec() {
  static const BitStringCodec codec;
  return codec;
}

}  // namespace pgbale
