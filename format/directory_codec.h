// The directory as the fields of DIRECTORY blocks, and what must hold for it.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_DIRECTORY_CODEC_H_
#define PGBALE_FORMAT_DIRECTORY_CODEC_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/directory.h"
#include "format/entry.h"
#include "format/footer.h"

namespace pgbale {

// The raw fields of each DIRECTORY block, of about `octets` each; at least
// one.
std::vector<Buffer> EncodeDirectory(const Directory& directory, size_t octets);

// Appends the records of one DIRECTORY block to those of the blocks before
// it, as long as there are no more chunks than `chunks_max`.
absl::Status DecodeDirectory(Bytes raw, uint64_t chunks_max,
                             Directory& directory);

// OK if chunks lie one behind the other between `begin` and the directory,
// belong to entries that have data, and add up to the totals of each such
// entry and of the footer. Else kDamaged.
absl::Status CheckDirectory(const Directory& directory,
                            absl::Span<const Entry> entries,
                            const Footer& footer, uint64_t begin);

// Totals of every entry that has data, all zero.
std::vector<TableTotals> ZeroTotals(absl::Span<const Entry> entries);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_DIRECTORY_CODEC_H_
