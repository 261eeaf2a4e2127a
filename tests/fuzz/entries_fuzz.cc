// The payload of an ENTRIES block, and its fields alone. What is accepted comes
// back from what is written of it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "format/entry_codec.h"
#include "format/pack.h"

namespace pgbale {
namespace {

void TryFields(Bytes raw) {
  std::vector<Entry> gap;
  DecodeEntriesBehindGap(raw, gap).IgnoreError();
  std::vector<Entry> entries, again;
  if (!DecodeEntries(raw, entries).ok()) return;
  CheckParents(entries).IgnoreError();
  Buffer written;
  for (const Entry& entry : entries) {
    EncodeEntry(entry, written);
    if (entry.data.has_value()) DataName(entry);
  }
  if (!DecodeEntries(written, again).ok() || again != entries) std::abort();
}

}  // namespace
}  // namespace pgbale

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const pgbale::Bytes payload(data, size);
  const auto raw = pgbale::Unpack(payload);
  pgbale::TryFields(raw.ok() ? pgbale::Bytes(*raw) : payload);
  return 0;
}
