// The fields of a DIRECTORY block, against entries of which every other one has
// data. What is accepted comes back from what is written of it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "format/directory_codec.h"

namespace pgbale {
namespace {

constexpr uint64_t kChunksMax = 1000;

std::vector<Entry> SomeEntries() {
  std::vector<Entry> entries(8);
  for (size_t i = 0; i < entries.size(); ++i) {
    entries[i].id = static_cast<uint32_t>(i + 1);
    if (i % 2 == 1) entries[i].data.emplace();
  }
  return entries;
}

void TryFields(Bytes raw) {
  Directory directory;
  if (!DecodeDirectory(raw, kChunksMax, directory).ok()) return;
  const Footer footer{.directory_position = 1 << 20,
                      .directory_ordinal = 100,
                      .chunks = directory.chunks.size(),
                      .entries = 8};
  CheckDirectory(directory, SomeEntries(), footer, 64).IgnoreError();
  Directory again;
  for (const Buffer& block : EncodeDirectory(directory, SIZE_MAX)) {
    if (!DecodeDirectory(block, kChunksMax, again).ok()) std::abort();
  }
  if (again.chunks != directory.chunks || again.tables != directory.tables)
    std::abort();
}

}  // namespace
}  // namespace pgbale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pgbale::TryFields(pgbale::Bytes(data, size));
  return 0;
}
