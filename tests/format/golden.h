// The two archives that are kept: the smallest, whose octets stand in
// docs/format.md, and one with something of everything, whose octets stand in
// tests/format/golden/ and must be readable for ever.

#ifndef PGBALE_TESTS_FORMAT_GOLDEN_H_
#define PGBALE_TESTS_FORMAT_GOLDEN_H_

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
