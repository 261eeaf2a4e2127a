// Entries as the fields of ENTRIES blocks, and what must hold for each.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_ENTRY_CODEC_H_
#define PGBALE_FORMAT_ENTRY_CODEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/bytes.h"
#include "format/entry.h"

namespace pgbale {

// Appends `entry` to the fields of an ENTRIES block.
void EncodeEntry(const Entry& entry, Buffer& raw);

// Appends the entries of one ENTRIES block to those of the blocks before it.
// Each is checked with CheckEntry.
absl::Status DecodeEntries(Bytes raw, std::vector<Entry>& entries);
// Likewise, where blocks may be missing before this one: its first entry may
// have any id above those that are there.
absl::Status DecodeEntriesBehindGap(Bytes raw, std::vector<Entry>& entries);

// OK if `entry` can stand as number `id`: it has this id, what it depends on
// and locks comes before it, and its data, if any, is within the limits. Else
// kDamaged, naming the entry.
absl::Status CheckEntry(const Entry& entry, uint32_t id);
// OK if every parent is one of `entries`, and none its own.
absl::Status CheckParents(absl::Span<const Entry> entries);

// For messages: `table "public.a"`, `large objects`.
// REQUIRES: entry.data.has_value()
std::string DataName(const Entry& entry);

// The widths of the columns, as DecodeChunk wants them.
std::vector<uint32_t> WidthsOf(const TableData& data);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENTRY_CODEC_H_
