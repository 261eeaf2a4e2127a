// The payload of a chunk. The first octets choose the widths of the columns,
// as an entry of the archive would.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "format/chunk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr uint32_t kWidths[] = {0, 1, 2, 4, 8, 16};
  if (size == 0) return 0;
  const size_t columns = data[0] % 5;
  if (size < 1 + columns) return 0;
  std::vector<uint32_t> widths;
  for (size_t i = 0; i < columns; ++i)
    widths.push_back(kWidths[data[1 + i] % 6]);
  pgbale::Bytes payload(data + 1 + columns, size - 1 - columns);
  absl::StatusOr<pgbale::RowBatch> batch = pgbale::DecodeChunk(payload, widths);
  if (!batch.ok()) return 0;
  // What was accepted can be walked to its end.
  pgbale::RowCursor cursor(*batch);
  uint64_t octets = 0;
  while (cursor.Next()) {
    for (size_t i = 0; i < columns; ++i) {
      if (!cursor.is_null(i)) octets += cursor.value(i).size();
    }
  }
  return octets == UINT64_MAX ? -1 : 0;
}
