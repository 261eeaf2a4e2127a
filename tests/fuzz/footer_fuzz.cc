// The payload of a FOOTER block: what is accepted is what would be written.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "format/footer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const pgbale::Bytes payload(data, size);
  const auto footer = pgbale::DecodeFooter(payload);
  if (!footer.ok()) return 0;
  const pgbale::Buffer again = pgbale::EncodeFooter(*footer);
  if (!std::equal(again.begin(), again.end(), payload.begin(), payload.end()))
    std::abort();
  return 0;
}
