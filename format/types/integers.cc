// Integers with and without sign.

#include "base/endian.h"
#include "format/types/text_cursor.h"
#include "format/types/text_printer.h"
#include "format/types/type_codec.h"

namespace pgbale {
namespace {

template <typename T>
class IntegerCodec : public TypeCodec {
  bool Print(Bytes binary, std::string& text) const override {
    if (binary.size() != sizeof(T)) return false;
    AppendNumber(LoadBig<T>(binary.data()), text);
    return true;
  }

  bool Parse(absl::string_view text, Buffer& binary) const override {
    TextCursor cursor(text);
    T value;
    if (!cursor.TakeNumber(value) || !cursor.at_end()) return false;
    AppendBig(binary, value);
    return true;
  }
};

}  // namespace

const TypeCodec& Int2Codec() {
  static const IntegerCodec<int16_t> codec;
  return codec;
}

const TypeCodec& Int4Codec() {
  static const IntegerCodec<int32_t> codec;
  return codec;
}

const TypeCodec& Int8Codec() {
  static const IntegerCodec<int64_t> codec;
  return codec;
}

const TypeCodec& Uint4Codec() {
  static const IntegerCodec<uint32_t> codec;
  return codec;
}

const TypeCodec& Uint8Codec() {
  static const IntegerCodec<uint64_t> codec;
  return codec;
}

}  // namespace pgbale
