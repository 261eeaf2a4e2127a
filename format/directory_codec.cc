#include "format/directory_codec.h"

#include "absl/strings/str_cat.h"
#include "format/constants.h"
#include "format/errors.h"
#include "format/fields.h"

namespace pgbale {

// In the namespace of what they describe, to be found there by fields.h.
template <typename Io>
void Describe(Io& io, Either<ChunkRef> auto& chunk) {
  io.Number(1, chunk.entry_id);
  io.Number(3, chunk.ordinal);
  io.Number(5, chunk.position);
  io.Number(7, chunk.stored_bytes);
  io.Number(9, chunk.rows);
  io.Number(11, chunk.raw_bytes);
  io.Number(12, chunk.head_hash);
  io.Number(14, chunk.place);
}

template <typename Io>
void Describe(Io& io, Either<TableTotals> auto& totals) {
  io.Number(1, totals.entry_id);
  io.Number(3, totals.rows);
  io.Number(5, totals.raw_bytes);
  io.Number(7, totals.stored_bytes);
  io.Number(9, totals.chunks);
  io.DigestOf(11, totals.digest);
  io.Flag(12, totals.incomplete);
  io.Number(14, totals.rows_missing);
}

namespace {

constexpr uint32_t kChunkTag = 1;
constexpr uint32_t kTableTag = 3;

// `a` += `b`; false if that overflows.
bool AddTo(uint64_t& a, uint64_t b) {
  return !__builtin_add_overflow(a, b, &a);
}

bool AddTo(TableTotals& totals, const ChunkRef& chunk) {
  ++totals.chunks;
  return AddTo(totals.rows, chunk.rows) &&
         AddTo(totals.raw_bytes, chunk.raw_bytes) &&
         AddTo(totals.stored_bytes, chunk.stored_bytes);
}

absl::Status CheckChunkRef(const ChunkRef& chunk, const Footer& footer,
                           uint64_t begin, uint64_t first_ordinal) {
  if (chunk.stored_bytes < BlockHeader::kSize ||
      chunk.stored_bytes > BlockHeader::kSize + kPayloadOctetsMax)
    return Damaged(absl::StrCat("it is of ", chunk.stored_bytes, " octets"));
  if (chunk.position < begin || chunk.position > footer.directory_position ||
      chunk.stored_bytes > footer.directory_position - chunk.position)
    return Damaged("it does not lie behind the block before");
  if (chunk.ordinal < first_ordinal ||
      chunk.ordinal >= footer.directory_ordinal)
    return Damaged("it is out of order");
  if (chunk.rows > kChunkRowsMax || chunk.raw_bytes > kChunkRawOctetsMax)
    return Damaged("its rows are above the limits");
  return absl::OkStatus();
}

// Checks all chunks and returns what they add up to, in the order of the
// entries.
absl::StatusOr<std::vector<TableTotals>> AddChunks(
    absl::Span<const ChunkRef> chunks, absl::Span<const Entry> entries,
    const Footer& footer, uint64_t begin) {
  std::vector<TableTotals> totals(entries.size() + 1);
  uint64_t ordinal = 1;
  for (const ChunkRef& chunk : chunks) {
    if (chunk.entry_id == 0 || chunk.entry_id > entries.size() ||
        !entries[chunk.entry_id - 1].data.has_value()) {
      return Damaged(absl::StrCat("chunk block ", chunk.ordinal,
                                  " is of entry ", chunk.entry_id,
                                  ", which has no data"));
    }
    RETURN_IF_ERROR(Annotate(CheckChunkRef(chunk, footer, begin, ordinal),
                             absl::StrCat("chunk block ", chunk.ordinal,
                                          " at position ", chunk.position)));
    if (!AddTo(totals[chunk.entry_id], chunk))
      return Damaged("the sums of the chunks overflow");
    begin = chunk.position + chunk.stored_bytes;
    ordinal = chunk.ordinal + 1;
  }
  return totals;
}

absl::Status CheckTotals(absl::Span<const TableTotals> tables,
                         absl::Span<const Entry> entries,
                         std::vector<TableTotals> sums) {
  const std::vector<TableTotals> expected = ZeroTotals(entries);
  if (tables.size() != expected.size())
    return Damaged("the tables are not those of the entries");
  for (size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].entry_id != expected[i].entry_id)
      return Damaged("the tables are not those of the entries");
    // Digests stand in the chunks only, and what is missing in none.
    TableTotals& sum = sums[tables[i].entry_id];
    sum.entry_id = tables[i].entry_id;
    sum.digest = tables[i].digest;
    sum.incomplete = tables[i].incomplete;
    sum.rows_missing = tables[i].rows_missing;
    if (sum != tables[i]) {
      return Damaged(absl::StrCat("the totals of entry ", sum.entry_id,
                                  " are not the sums of its chunks"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSums(const Directory& directory, const Footer& footer) {
  Footer sums = footer;
  sums.chunks = directory.chunks.size();
  sums.rows = sums.raw_octets = sums.stored_octets = 0;
  bool fits = true;
  for (const TableTotals& table : directory.tables) {
    fits = fits && AddTo(sums.rows, table.rows) &&
           AddTo(sums.raw_octets, table.raw_bytes) &&
           AddTo(sums.stored_octets, table.stored_bytes);
  }
  if (!fits || sums != footer)
    return Damaged("the sums of the footer are not those of the directory");
  return absl::OkStatus();
}

}  // namespace

std::vector<Buffer> EncodeDirectory(const Directory& directory, size_t octets) {
  std::vector<Buffer> blocks(1);
  for (const ChunkRef& chunk : directory.chunks) {
    if (blocks.back().size() >= octets) blocks.emplace_back();
    EncodeRecord(kChunkTag, chunk, blocks.back());
  }
  for (const TableTotals& table : directory.tables) {
    if (blocks.back().size() >= octets) blocks.emplace_back();
    EncodeRecord(kTableTag, table, blocks.back());
  }
  return blocks;
}

absl::Status DecodeDirectory(Bytes raw, uint64_t chunks_max,
                             Directory& directory) {
  FieldDecoder in(raw);
  in.Records(kChunkTag, directory.chunks, chunks_max);
  in.Records(kTableTag, directory.tables, kEntriesMax);
  return in.Finish();
}

absl::Status CheckDirectory(const Directory& directory,
                            absl::Span<const Entry> entries,
                            const Footer& footer, uint64_t begin) {
  ASSIGN_OR_RETURN(std::vector<TableTotals> sums,
                   AddChunks(directory.chunks, entries, footer, begin));
  RETURN_IF_ERROR(CheckTotals(directory.tables, entries, std::move(sums)));
  return CheckSums(directory, footer);
}

std::vector<TableTotals> ZeroTotals(absl::Span<const Entry> entries) {
  std::vector<TableTotals> totals;
  for (const Entry& entry : entries) {
    if (entry.data.has_value()) totals.emplace_back().entry_id = entry.id;
  }
  return totals;
}

}  // namespace pgbale
