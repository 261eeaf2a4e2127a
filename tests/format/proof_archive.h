// An archive of more than 64 KiB with every kind of block and every encoding,
// for what is to be proved of each of its bits.

#ifndef PGBALE_TESTS_FORMAT_PROOF_ARCHIVE_H_
#define PGBALE_TESTS_FORMAT_PROOF_ARCHIVE_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/format/archives.h"
#include "tests/format/encodings/columns.h"

namespace pgbale::format_test {

constexpr size_t kProofOctetsMin = 64 << 10;
constexpr uint64_t kProofId = 0x70726f6f66;

// A column, and the encoding that it is made for.
struct ProofColumn {
  uint32_t encoding = 0;
  uint32_t width = 0;
  std::vector<Value> values;
};

inline std::vector<Value> ValuesOf(const Column& column) {
  RowBatch batch({column.width()});
  batch.columns()[0] = column;
  batch.SetTotals(column.rows(), 0, {});
  std::vector<Value> values;
  for (const Row& row : RowsOf(batch)) values.push_back(row[0]);
  return values;
}

// For each encoding a column that it holds; every other has NULLs.
inline std::vector<ProofColumn> ProofColumns(Random& random, size_t rows) {
  std::vector<Column> sorts = ColumnsOfEverySort(random, rows);
  sorts.push_back(Numbered(4, rows, [](size_t) { return kNull; }));
  std::vector<ProofColumn> columns;
  for (uint32_t id = 0; FindEncoding(id) != nullptr; ++id) {
    for (const Column& sort : sorts) {
      ProofColumn column{id, sort.width(), ValuesOf(sort)};
      for (size_t i = id % 7; i < rows && id % 2 == 1; i += 7)
        column.values[i] = kNull;
      Encoded encoded;
      if (!EncodeWith(id, ColumnOf(sort.width(), column.values), encoded))
        continue;
      columns.push_back(std::move(column));
      break;
    }
  }
  return columns;
}

// Rows `begin` … `begin` + `count` − 1.
inline std::vector<Row> RowsOf(const std::vector<ProofColumn>& columns,
                               size_t begin, size_t count) {
  std::vector<Row> rows(count);
  for (const ProofColumn& column : columns)
    for (size_t i = 0; i < count; ++i)
      rows[i].push_back(column.values[begin + i]);
  return rows;
}

inline std::vector<Entry> ProofEntries(const Widths& widths) {
  std::vector<Entry> entries;
  for (uint32_t id = 1; id <= 30; ++id) {
    if (id % 10 == 0) {
      entries.push_back(DataEntry(id, absl::StrCat("proof", id), widths));
    } else {
      entries.push_back(SchemaEntry(id, absl::StrCat("schema_", id)));
    }
  }
  // Enough to be compressed.
  entries[4].create.assign(40, "CREATE SCHEMA schema_5");
  entries.push_back(DataEntry(31, "empty", {4}));
  return entries;
}

// Tables public.proof10, proof20 and proof30, which have rows of every encoding
// each, and public.empty. Two with the same `seed` differ in `id` alone.
inline Buffer ProofArchive(uint64_t id = kProofId, uint64_t seed = 4711) {
  // The first one is large enough for hashes of its columns.
  constexpr size_t kFirstRows = 200, kRowsAChunk = 60, kRows = 3000;
  Random random(seed);
  const std::vector<ProofColumn> columns = ProofColumns(random, kRows);
  Widths widths;
  for (const ProofColumn& column : columns) widths.push_back(column.width);
  ArchiveBuilder builder(id, /*packed_octets=*/300);
  builder.Entries(ProofEntries(widths));
  uint32_t chunk = 0;
  for (size_t row = 0, count = kFirstRows;
       row + count <= kRows && builder.octets().size() < kProofOctetsMin;
       row += count, count = kRowsAChunk, ++chunk) {
    ChunkPlan plan{.columns = {}, .chunks = 1};
    for (const ProofColumn& column : columns)
      plan.columns.push_back({.id = column.encoding, .depth = 0, .parts = {}});
    const RowBatch batch = BatchOf(widths, RowsOf(columns, row, count));
    EXPECT_OK(builder.writer().AppendChunk(
        10 * (1 + chunk % 3), EncodeChunk(batch, {chunk % 2 == 0}, plan)));
  }
  return builder.Finish();
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_PROOF_ARCHIVE_H_
