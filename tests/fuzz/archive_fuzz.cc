// A whole archive: opening, every chunk, and verifying.

#include <cstddef>
#include <cstdint>

#include "base/io/memory.h"
#include "format/archive_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const pgbale::Bytes bytes(data, size);
  auto reader = pgbale::ArchiveReader::Open(pgbale::MakeMemorySource(bytes));
  if (reader.ok()) {
    for (const pgbale::ChunkRef& chunk : (*reader)->directory().chunks)
      (*reader)->ReadChunk(chunk).IgnoreError();
  }
  pgbale::VerifyArchive(pgbale::MakeMemorySource(bytes), 1);
  return 0;
}
