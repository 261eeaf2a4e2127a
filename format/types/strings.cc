// Types whose binary form is their text, some with a version before it, and
// "char", which is one octet.

#include "format/types/type_codec.h"

namespace pgbale {
namespace {

class TextTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    text.append(AsText(binary).data(), binary.size());
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    Append(binary, AsBytes(text));
    return true;
  }
};

// The only version that any server sends.
constexpr uint8_t kVersion = 1;

class VersionedTextCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.empty() || binary[0] != kVersion) return false;
    text.append(AsText(binary).data() + 1, binary.size() - 1);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    binary.push_back(kVersion);
    Append(binary, AsBytes(text));
    return true;
  }
};

// Its zero is printed as nothing.
class CharTypeCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != 1 || binary[0] >= 0x80) return false;
    if (binary[0] != 0) text.push_back(static_cast<char>(binary[0]));
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    const uint8_t octet = text.empty() ? 0 : static_cast<uint8_t>(text[0]);
    if (text.size() > 1 || octet >= 0x80 || (octet == 0 && !text.empty()))
      return false;
    binary.push_back(octet);
    return true;
  }
};

}  // namespace

const TypeCodec& TextCodec() {
  static const TextTypeCodec codec;
  return codec;
}

const TypeCodec& JsonbCodec() {
  static const VersionedTextCodec codec;
  return codec;
}

const TypeCodec& CharCodec() {
  static const CharTypeCodec codec;
  return codec;
}

}  // namespace pgbale
