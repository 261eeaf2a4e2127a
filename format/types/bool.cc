// boolean: an octet, 1 or 0; "t" or "f".

#include "format/types/type_codec.h"

namespace pgbale {
namespace {

class BooleanCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != 1 || binary[0] > 1) return false;
    text.push_back(binary[0] == 1 ? 't' : 'f');
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    if (text != "t" && text != "f") return false;
    binary.push_back(text == "t" ? 1 : 0);
    return true;
  }
};

}  // namespace

const TypeCodec& BoolCodec() {
  static const BooleanCodec codec;
  return codec;
}

}  // namespace pgbale
