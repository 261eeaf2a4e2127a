// The codecs of all types: the first octet chooses the type, the rest is a
// text and a binary value. What is parsed must be printed as it was.

#include <cstdlib>
#include <vector>

#include "format/types/type_codec.h"

namespace pgbale {
namespace {

std::vector<const TypeCodec*> AllCodecs() {
  constexpr uint32_t kOidEnd = 10000;
  std::vector<const TypeCodec*> codecs;
  for (uint32_t oid = 0; oid < kOidEnd; ++oid) {
    const BuiltInType* const type = FindBuiltInType(oid);
    if (type != nullptr) codecs.push_back(type->codec);
  }
  return codecs;
}

void ParseAndPrint(const TypeCodec& codec, absl::string_view text) {
  Buffer binary;
  if (!codec.FromText(text, binary)) return;
  std::string printed;
  if (!codec.ToText(binary, printed) || printed != text) std::abort();
}

}  // namespace
}  // namespace pgbale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& codecs =
      *new std::vector<const pgbale::TypeCodec*>(pgbale::AllCodecs());
  if (size == 0) return 0;
  const pgbale::TypeCodec& codec = *codecs[data[0] % codecs.size()];
  const pgbale::Bytes value(data + 1, size - 1);
  pgbale::ParseAndPrint(codec, pgbale::AsText(value));
  std::string printed;
  if (codec.ToText(value, printed)) pgbale::ParseAndPrint(codec, printed);
  return 0;
}
