// The codecs of all types: a type's name, a line end, and a value in either
// form. What is parsed must be printed as it was.

#include <cstdlib>

#include "format/types/type_codec.h"

namespace pgbale {
namespace {

void ParseAndPrint(const TypeCodec& codec, absl::string_view text) {
  Buffer binary;
  if (!codec.FromText(text, binary)) return;
  std::string printed;
  if (!codec.ToText(binary, printed) || printed != text) std::abort();
}

void TryValue(absl::string_view input) {
  const size_t line_end = input.find('\n');
  const BuiltInType* const type = FindBuiltInType(input.substr(0, line_end));
  if (type == nullptr || line_end == absl::string_view::npos) return;
  const absl::string_view value = input.substr(line_end + 1);
  ParseAndPrint(*type->codec, value);
  std::string printed;
  if (type->codec->ToText(AsBytes(value), printed))
    ParseAndPrint(*type->codec, printed);
}

}  // namespace
}  // namespace pgbale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pgbale::TryValue(pgbale::AsText(pgbale::Bytes(data, size)));
  return 0;
}
