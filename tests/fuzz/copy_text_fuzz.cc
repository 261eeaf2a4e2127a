// A COPY stream in text.

#include "tests/fuzz/copy_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pgbale::ParseWholeAndCut(pgbale::WireFormat::kText, pgbale::Bytes(data, size),
                           {0, 0, 0});
  return 0;
}
