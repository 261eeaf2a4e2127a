#include "format/encoding_names.h"

#include "absl/strings/str_cat.h"

namespace pgbale {

std::string EncodingName(uint32_t id) {
  switch (id) {
#define ENCODING(number, name, ...) \
  case number:                      \
    return #name;
#include "format/encodings/encodings.def"
#undef ENCODING
    default:
      return absl::StrCat("encoding ", id);
  }
}

}  // namespace pgbale
