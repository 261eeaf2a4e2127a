// The payload of a HEADER block. What is accepted comes back from what is
// written of it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "format/archive_info_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto info = pgbale::DecodeHeaderPayload(pgbale::Bytes(data, size));
  if (!info.ok()) return 0;
  const auto again =
      pgbale::DecodeHeaderPayload(pgbale::EncodeHeaderPayload(*info));
  if (!again.ok() || !(*again == *info)) std::abort();
  return 0;
}
