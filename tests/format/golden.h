// The two archives that are kept: the smallest, whose octets stand in
// docs/format.md, and one with something of everything, whose octets stand in
// tests/format/golden/ and must be readable for ever.

#ifndef PGBALE_TESTS_FORMAT_GOLDEN_H_
#define PGBALE_TESTS_FORMAT_GOLDEN_H_

#include <bit>
#include <string>
#include <vector>

#include "tests/format/archives.h"

namespace pgbale::format_test {

// One table of one column with the rows 1 and NULL.
inline Buffer SmallestArchive() {
  Buffer octets;
  ArchiveInfo info;
  info.encoding = "UTF8";
  Entry entry = DataEntry(1, "t", {4});
  entry.data->columns[0].name = "a";
  auto writer = ArchiveWriter::Open(MakeMemorySink(&octets), info,
                                    {.archive_id = 0x1122334455667788});
  EXPECT_OK(writer);
  EXPECT_OK((*writer)->AppendEntries({{entry}}));
  EXPECT_OK((*writer)->AppendChunk(
      1, EncodeChunk(BatchOf({4}, {{Octets(1)}, {kNull}}), {})));
  EXPECT_OK((*writer)->Finish());
  return octets;
}

inline ArchiveInfo GoldenInfo() {
  ArchiveInfo info = SmallInfo();
  info.created_by = "pgbale 0.1.0";
  info.created_at = "2025-01-31T12:00:00Z";
  info.server_version_text = "PostgreSQL 18.0";
  info.system_identifier = "7465123456789012345";
  info.collation = "C.UTF-8";
  info.collation_version = "2.36";
  info.snapshot_lsn = "0/1A2B3C4D";
  info.snapshot_time = "2025-01-31 12:00:00.000001+00";
  return info;
}

inline std::vector<Entry> GoldenEntries() {
  std::vector<Entry> entries = {
      SchemaEntry(1, "s"), DataEntry(2, "numbers", {1, 2, 4, 8, 16}),
      DataEntry(3, "texts", {0, 0}), DataEntry(4, "nothing", {}),
      DataEntry(5, "empty", {4})};
  entries[2].depends = {1, 2};
  entries[2].locks = {2};
  entries[2].shared_locks = {1};
  entries[2].parent = 1;
  entries[2].pass = Pass::kLast;
  entries[2].drop_if_exists = {"TRUNCATE texts"};
  entries[2].tablespace = "fast";
  entries[2].access_method = "heap";
  entries[2].transactional = false;
  entries[2].data->format = WireFormat::kText;
  entries[2].data->via_root = true;
  entries[2].data->bytes_estimate = 123456;
  // Enough of them to be compressed.
  for (uint32_t id = 6; id <= 40; ++id)
    entries.push_back(SchemaEntry(id, absl::StrCat("schema_", id)));
  return entries;
}

// 300 rows: ascending, constant, NULL now and then.
inline std::vector<Row> GoldenNumbers() {
  std::vector<Row> rows;
  for (int32_t i = 0; i < 300; ++i) {
    rows.push_back({Octets(static_cast<int8_t>(i % 7)), Octets(int16_t{-1}),
                    Octets(1'000'000 + i),
                    i % 10 == 3 ? kNull : Value(Octets(int64_t{i} * i)),
                    Octets(int64_t{i}) + Octets(int64_t{-1})});
  }
  return rows;
}

inline std::vector<Row> GoldenTexts() {
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) {
    rows.push_back({Value(absl::StrCat("text number ", i)),
                    i % 3 == 0 ? kNull : Value(std::string(i % 5, 'x'))});
  }
  return rows;
}

inline Buffer GoldenArchive() {
  Buffer octets;
  auto writer = ArchiveWriter::Open(
      MakeMemorySink(&octets), GoldenInfo(),
      {.archive_id = 0xa1b2c3d4e5f60718, .packed_octets = 2000});
  EXPECT_OK(writer);
  EXPECT_OK((*writer)->AppendEntries(GoldenEntries()));
  const auto append = [&](uint32_t id, const Widths& widths,
                          const std::vector<Row>& rows, int level) {
    EXPECT_OK((*writer)->AppendChunk(
        id, EncodeChunk(BatchOf(widths, rows), {level})));
  };
  append(2, {1, 2, 4, 8, 16}, GoldenNumbers(), 1);
  append(3, {0, 0}, GoldenTexts(), 3);
  append(2, {1, 2, 4, 8, 16}, GoldenNumbers(), 0);
  append(4, {}, {Row(), Row(), Row()}, 1);
  append(3, {0, 0}, {{kNull, ""}, {kNull, ""}}, 1);
  EXPECT_OK((*writer)->Finish());
  return octets;
}

// A column for each encoding that is not in the archive above, and which one.
inline const Widths kEncodedWidths = {1, 2, 4, 8, 0, 0, 0, 0, 8, 4, 0};
inline const std::vector<uint32_t> kEncodedBy = {5,  6,  7,  7,  8, 9,
                                                 10, 11, 12, 12, 13};

inline std::string GoldenNumeric(int i) {
  const std::string nan("\0\0\0\0\xc0\0\0\0", 8);
  const std::string minus_123_45("\0\2\0\0\x40\0\0\2\0\x7b\x11\x94", 12);
  const std::string whole("\0\1\0\1\0\0\0\0", 8);
  if (i % 20 == 7) return nan;
  return i % 2 == 0 ? minus_123_45 : whole + Octets(static_cast<int16_t>(i));
}

inline std::string GoldenArray(int i) {
  if (i % 9 == 0) return Octets(int64_t{0}) + Octets(int32_t{23});
  std::string array = Octets(int32_t{1}) + Octets(int32_t{0}) +
                      Octets(int32_t{23}) + Octets(i % 4 + 1) +
                      Octets(int32_t{1});
  for (int each = 0; each <= i % 4; ++each)
    array += Octets(int32_t{4}) + Octets(i * each);
  return array;
}

inline std::vector<Row> GoldenEncodedRows() {
  const char* const words[] = {"few", "words", "again and again"};
  std::vector<Row> rows;
  for (int i = 1; i <= 200; ++i) {
    const double eighth = i % 30 == 0 ? -0.0 : i / 100.0;
    const float single = static_cast<float>(i) / 10;
    rows.push_back(
        {Octets(static_cast<int8_t>(i % 3 == 0)),
         i % 5 == 0 ? kNull : Value(Octets(static_cast<int16_t>(i * i % 700))),
         Octets(1'000'000 - i * 3), Octets(int64_t{i} * i - 5000),
         Octets(i * 40503).substr(2), std::string(i % 13, 'x'),
         GoldenNumeric(i), words[i * i % 3],
         Octets(std::bit_cast<uint64_t>(eighth)),
         Octets(std::bit_cast<uint32_t>(single)), GoldenArray(i)});
  }
  return rows;
}

// How the rows above are encoded, whatever would be chosen.
inline ChunkPlan GoldenPlan() {
  ChunkPlan plan{.columns = {}, .chunks_left = 1};
  for (const uint32_t id : kEncodedBy)
    plan.columns.push_back({.id = id, .depth = 0, .parts = {}});
  return plan;
}

inline Buffer EncodingsArchive() {
  Buffer octets;
  auto writer = ArchiveWriter::Open(MakeMemorySink(&octets), GoldenInfo(),
                                    {.archive_id = 0xa1b2c3d4e5f6071a});
  EXPECT_OK(writer);
  EXPECT_OK(
      (*writer)->AppendEntries({{DataEntry(1, "encoded", kEncodedWidths)}}));
  for (const int level : {1, 0}) {
    ChunkPlan plan = GoldenPlan();
    EXPECT_OK((*writer)->AppendChunk(
        1, EncodeChunk(BatchOf(kEncodedWidths, GoldenEncodedRows()), {level},
                       plan)));
  }
  EXPECT_OK((*writer)->Finish());
  return octets;
}

// Tables in both forms of COPY, whose columns have types.
inline std::vector<Entry> ColumnsEntries() {
  const std::vector<DataColumn> columns = {
      {"i", "integer", 4, 23},        {"f", "double precision", 8, 701},
      {"n", "numeric(9,2)", 0, 1700}, {"t", "text", 0, 25},
      {"a", "integer[]", 0, 1007},    {"d", "date", 4, 1082},
      {"own", "some.type", 0, 0}};
  std::vector<Entry> entries = {DataEntry(1, "binary", {}),
                                DataEntry(2, "text", {})};
  for (Entry& entry : entries) entry.data->columns = columns;
  entries[1].data->format = WireFormat::kText;
  for (DataColumn& column : entries[1].data->columns) column.width = 0;
  return entries;
}

inline std::vector<Row> ColumnsRows() {
  std::vector<Row> rows;
  for (int i = 1; i <= 300; ++i) {
    Row& row = rows.emplace_back();
    row.push_back(Octets(i - 100));
    row.push_back(
        i % 50 == 7 ? kNull : Value(Octets(std::bit_cast<uint64_t>(i / 4.0))));
    row.push_back(GoldenNumeric(i));
    row.push_back(absl::StrCat(i % 4, std::string(40, 'x'), i % 3));
    row.push_back(GoldenArray(i));
    row.push_back(Octets(i * 7));
    row.push_back("own");
  }
  return rows;
}

inline std::vector<Row> ColumnsTextRows() {
  std::vector<Row> rows;
  for (int i = 1; i <= 300; ++i) {
    const std::string two = absl::StrCat(10 + i % 20);
    Row& row = rows.emplace_back();
    row.push_back(absl::StrCat(i - 100));
    row.push_back(i % 50 == 7 ? kNull : Value(absl::StrCat(i, ".25")));
    row.push_back(i % 20 == 7 ? "NaN" : absl::StrCat("-", i, ".", two));
    row.push_back(absl::StrCat(i % 4, std::string(40, 'x'), i % 3));
    row.push_back(absl::StrCat("{", i, ",", two, "}"));
    row.push_back(absl::StrCat("2024-02-", two));
    row.push_back("own");
  }
  rows.back()[5] = "tomorrow";  // no date is printed so
  return rows;
}

inline Buffer ColumnsArchive() {
  Buffer octets;
  auto writer = ArchiveWriter::Open(MakeMemorySink(&octets), GoldenInfo(),
                                    {.archive_id = 0xa1b2c3d4e5f6071b});
  EXPECT_OK(writer);
  const std::vector<Entry> entries = ColumnsEntries();
  EXPECT_OK((*writer)->AppendEntries(entries));
  for (const Entry& entry : entries) {
    Widths widths;
    for (const DataColumn& column : entry.data->columns)
      widths.push_back(column.width);
    ChunkPlan plan = PlanFor(*entry.data);
    const RowBatch batch =
        BatchOf(widths, entry.id == 1 ? ColumnsRows() : ColumnsTextRows());
    EXPECT_OK((*writer)->AppendChunk(entry.id, EncodeChunk(batch, {}, plan)));
  }
  EXPECT_OK((*writer)->Finish());
  return octets;
}

// The rows 1 … 4, the last ones first.
inline Buffer PlacesArchive() {
  Buffer octets;
  auto writer = ArchiveWriter::Open(MakeMemorySink(&octets), GoldenInfo(),
                                    {.archive_id = 0xa1b2c3d4e5f6071c});
  EXPECT_OK(writer);
  EXPECT_OK((*writer)->AppendEntries({{DataEntry(1, "t", {4})}}));
  for (const auto& [place, row] :
       {std::pair<uint64_t, int>(1 << 24, 4), {2, 3}, {0, 1}, {1, 2}}) {
    RowBatch batch = BatchOf({4}, {{Octets(row)}});
    batch.set_place(place);
    EXPECT_OK((*writer)->AppendChunk(1, EncodeChunk(batch, {})));
  }
  EXPECT_OK((*writer)->Finish());
  return octets;
}

// What the server itself has, and an entry of several objects.
inline std::vector<Entry> GlobalEntries() {
  std::vector<Entry> entries = {SchemaEntry(1, "boss"), SchemaEntry(2, "fast"),
                                SchemaEntry(3, "1..2")};
  entries[0].kind = "ROLE";
  entries[0].aspect = Aspect::kGlobal;
  entries[0].create = {"CREATE ROLE boss", "ALTER ROLE boss WITH LOGIN"};
  entries[0].alter = {"ALTER ROLE boss WITH LOGIN CONNECTION LIMIT -1"};
  entries[1].kind = "TABLESPACE";
  entries[1].aspect = Aspect::kTablespace;
  entries[1].depends = {1};
  entries[1].transactional = false;
  entries[2].kind = "BLOB METADATA";
  entries[2].section = Section::kData;
  entries[2].aspect = Aspect::kData;
  entries[2].owner = "boss";
  entries[2].owner_targets = {"LARGE OBJECT 1", "LARGE OBJECT 2"};
  return entries;
}

inline Buffer GlobalsArchive() {
  Buffer octets;
  auto writer = ArchiveWriter::Open(MakeMemorySink(&octets), GoldenInfo(),
                                    {.archive_id = 0xa1b2c3d4e5f60719});
  EXPECT_OK(writer);
  EXPECT_OK((*writer)->AppendEntries(GlobalEntries()));
  EXPECT_OK((*writer)->Finish());
  return octets;
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_GOLDEN_H_
