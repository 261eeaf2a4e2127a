// An archive of more than 64 KiB with every kind of block, every field and
// every encoding, for what is to be proved of each of its bits.

#ifndef PGBALE_TESTS_FORMAT_PROOF_ARCHIVE_H_
#define PGBALE_TESTS_FORMAT_PROOF_ARCHIVE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
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

// Every field that an entry may have.
inline Entry FullEntry(uint32_t id) {
  Entry entry = SchemaEntry(id, absl::StrCat("full_", id));
  entry.schema = "public";
  entry.relation = "proof10";
  entry.section = Section::kPostData;
  entry.pass = Pass::kLast;
  entry.aspect = Aspect::kComment;
  entry.drop_if_exists = {"DROP SCHEMA IF EXISTS full"};
  entry.owner_targets = {"SCHEMA full"};
  entry.tablespace = "fast";
  entry.access_method = "heap";
  entry.need = {.major = 17, .feature = "something new"};
  entry.transactional = false;
  entry.depends = {1, 2};
  entry.locks = {2};
  entry.shared_locks = {1};
  entry.parent = 1;
  entry.is_relation = true;
  entry.alter = {"ALTER SCHEMA full OWNER TO bob"};
  entry.bytes_estimate = 123456789;
  entry.steps = {{.create = {"CREATE INDEX full"},
                  .undo = {"DROP INDEX full"},
                  .locks = {1},
                  .shared_locks = {2},
                  .quick = true,
                  .apart = true},
                 {.create = {"ALTER TABLE full"}}};
  return entry;
}

inline ArchiveInfo ProofInfo() {
  ArchiveInfo info = SmallInfo();
  info.created_at = "2025-01-31T12:00:00Z";
  info.server_version_text = "PostgreSQL 18.0";
  info.system_identifier = "7465123456789012345";
  info.collation = "C.UTF-8";
  info.collation_version = "2.36";
  info.snapshot_lsn = "0/1A2B3C4D";
  info.snapshot_time = "2025-01-31 12:00:00.000001+00";
  info.salvaged_at = "2025-02-01T12:00:00Z";
  info.entries_lost = 1;
  return info;
}

// A table that came as text: columns that are stored in their type, with
// ranges of each order; texts; and a column that does not print back.
constexpr uint32_t kTextEntry = 32, kSmallEntry = 33;
inline const std::vector<uint32_t> kTextTypes = {23,   701,  1700, 2950, 25,
                                                 1007, 1114, 17,   1082};

inline Entry TextEntry() {
  Entry entry = DataEntry(kTextEntry, "texts", Widths(kTextTypes.size(), 0));
  entry.data->format = WireFormat::kText;
  entry.data->via_root = true;
  entry.data->bytes_estimate = 123456;
  for (size_t i = 0; i < kTextTypes.size(); ++i)
    entry.data->columns[i].type_oid = kTextTypes[i];
  return entry;
}

inline std::vector<Row> TextRows(Random& random, size_t count) {
  std::vector<Row> rows;
  const auto two_digits = [&] { return absl::StrCat(10 + random.Below(18)); };
  const auto hex = [&](uint64_t octets) {
    return absl::BytesToHexString(AsText(random.Octets(octets)));
  };
  for (size_t i = 0; i < count; ++i) {
    rows.push_back(
        {absl::StrCat(random.Between(-1000, 1000)),
         random.OneIn(9) ? kNull : Value(absl::StrCat(i, ".25")),
         random.OneIn(9) ? "NaN" : absl::StrCat(i, ".", two_digits()),
         absl::StrCat(hex(4), "-0000-0000-0000-000000000000"),
         absl::StrCat(std::string(40, 'x'), random.Below(9)),
         absl::StrCat("{", i, ",", two_digits(), "}"),
         absl::StrCat("2024-02-", two_digits(), " 12:30:00"),
         absl::StrCat("\\x", hex(random.Below(4))),
         i == 0 ? "tomorrow" : "2024-02-29"});
  }
  return rows;
}

inline std::vector<Entry> ProofEntries(const Widths& widths) {
  std::vector<Entry> entries;
  for (uint32_t id = 1; id <= 30; ++id) {
    if (id % 10 == 0) {
      entries.push_back(DataEntry(id, absl::StrCat("proof", id), widths));
    } else if (id % 10 == 9) {
      entries.push_back(FullEntry(id));
    } else {
      entries.push_back(SchemaEntry(id, absl::StrCat("schema_", id)));
    }
  }
  // Of a single block, and enough to be compressed.
  entries[4].create.assign(80, "CREATE SCHEMA schema_5");
  entries.push_back(DataEntry(31, "empty", {4}));
  entries.push_back(TextEntry());
  entries.push_back(DataEntry(kSmallEntry, "small", {4}));
  return entries;
}

// One chunk that is large enough for hashes and ranges of its columns, and a
// small one, uncompressed.
inline void AppendTextChunks(Random& random, ArchiveBuilder& builder) {
  ChunkPlan plan = PlanFor(*TextEntry().data);
  for (const auto& [rows, level] : {std::pair(130, 1), std::pair(20, 0)}) {
    const RowBatch batch = BatchOf(Widths(kTextTypes.size(), 0),
                                   TextRows(random, static_cast<size_t>(rows)));
    EXPECT_OK(builder.writer().AppendChunk(kTextEntry,
                                           EncodeChunk(batch, {level}, plan)));
  }
}

// Tables public.proof10, proof20 and proof30, which have rows of every encoding
// each, public.texts, public.small and public.empty. Two with the same `seed`
// differ in `id` alone.
inline Buffer ProofArchive(uint64_t id = kProofId, uint64_t seed = 4711) {
  // The first one is large enough for hashes of its columns.
  constexpr size_t kFirstRows = 200, kRowsAChunk = 60, kRows = 3000;
  // Several blocks of entries and of the directory, some of them compressed.
  constexpr size_t kPackedOctets = 1050;
  constexpr int kSmallChunks = 30;
  Random random(seed);
  const std::vector<ProofColumn> columns = ProofColumns(random, kRows);
  Widths widths;
  for (const ProofColumn& column : columns) widths.push_back(column.width);
  ArchiveBuilder builder(id, kPackedOctets, ProofInfo());
  builder.Entries(ProofEntries(widths));
  AppendTextChunks(random, builder);
  for (int i = 0; i < kSmallChunks; ++i)
    builder.Chunk(kSmallEntry, {{Octets(i)}});
  uint32_t chunk = 0;
  for (size_t row = 0, count = kFirstRows;
       row + count <= kRows && builder.octets().size() < kProofOctetsMin;
       row += count, count = kRowsAChunk, ++chunk) {
    ChunkPlan plan{.columns = {}, .chunks_left = 1};
    for (const ProofColumn& column : columns)
      plan.columns.push_back({.id = column.encoding, .depth = 0, .parts = {}});
    RowBatch batch = BatchOf(widths, RowsOf(columns, row, count));
    batch.set_place(kRows - row);
    EXPECT_OK(builder.writer().AppendChunk(
        10 * (1 + chunk % 3), EncodeChunk(batch, {chunk % 2 == 0}, plan)));
  }
  EXPECT_OK(builder.writer().MarkIncomplete(30, /*rows_missing=*/5));
  return builder.Finish();
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_PROOF_ARCHIVE_H_
