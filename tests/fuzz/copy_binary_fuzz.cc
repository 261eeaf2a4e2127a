// A COPY stream in binary.

#include "tests/fuzz/copy_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pgbale::ParseWholeAndCut(pgbale::WireFormat::kBinary,
                           pgbale::Bytes(data, size), {4, 0, 8});
  return 0;
}
