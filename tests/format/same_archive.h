// Compares what the reference reader and our reader make of an archive.

#ifndef PGBALE_TESTS_FORMAT_SAME_ARCHIVE_H_
#define PGBALE_TESTS_FORMAT_SAME_ARCHIVE_H_

#include <string>
#include <string_view>
#include <vector>

#include "format/typed_column.h"
#include "tests/format/archives.h"
#include "tests/format/reference_reader.h"

namespace pgbale::format_test {

inline std::string_view ViewOf(const Buffer& octets) {
  return std::string_view(AsText(octets).data(), octets.size());
}

inline std::vector<uint64_t> Numbers(const std::vector<uint32_t>& ids) {
  return std::vector<uint64_t>(ids.begin(), ids.end());
}

inline void ExpectSameData(const reference::Record& read,
                           const TableData& data) {
  const reference::Record other = reference::Parse(read.Text(41), 11);
  EXPECT_EQ(other.Number(1), static_cast<uint64_t>(data.target));
  EXPECT_EQ(other.Text(3), data.schema);
  EXPECT_EQ(other.Text(5), data.relation);
  EXPECT_EQ(other.Number(9), static_cast<uint64_t>(data.format));
  EXPECT_EQ(other.Number(11), data.via_root);
  EXPECT_EQ(other.Number(12), data.bytes_estimate);
  const reference::Strings columns = other.All(7);
  EXPECT_EQ(other.Text(14), data.condition);
  ASSERT_EQ(columns.size(), data.columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const reference::Record column = reference::Parse(columns[i], 5);
    EXPECT_EQ(column.Text(1), data.columns[i].name);
    EXPECT_EQ(column.Text(3), data.columns[i].type);
    EXPECT_EQ(column.Number(5), data.columns[i].width);
    EXPECT_EQ(column.Number(6), data.columns[i].type_oid);
  }
}

inline void ExpectSameSteps(const reference::Record& read,
                            const std::vector<Step>& steps) {
  const reference::Strings records = read.All(48);
  ASSERT_EQ(records.size(), steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    const reference::Record step = reference::Parse(records[i], 9);
    EXPECT_EQ(step.All(1), steps[i].create);
    EXPECT_EQ(step.All(3), steps[i].undo);
    EXPECT_EQ(reference::NumbersIn(step.Text(5)), Numbers(steps[i].locks));
    EXPECT_EQ(reference::NumbersIn(step.Text(7)),
              Numbers(steps[i].shared_locks));
    EXPECT_EQ(step.Number(8), steps[i].quick);
    EXPECT_EQ(step.Number(9), steps[i].apart);
  }
}

inline void ExpectSameEntry(const reference::Record& read, const Entry& entry) {
  EXPECT_EQ(read.Number(1), entry.id);
  EXPECT_EQ(read.Text(3), entry.kind);
  EXPECT_EQ(read.Text(5), entry.schema);
  EXPECT_EQ(read.Text(7), entry.name);
  EXPECT_EQ(read.Text(9), entry.relation);
  EXPECT_EQ(read.Number(11), static_cast<uint64_t>(entry.section));
  EXPECT_EQ(read.Number(13), static_cast<uint64_t>(entry.pass));
  EXPECT_EQ(read.Number(15), static_cast<uint64_t>(entry.aspect));
  EXPECT_EQ(read.All(17), entry.create);
  EXPECT_EQ(read.All(19), entry.drop);
  EXPECT_EQ(read.All(21), entry.drop_if_exists);
  EXPECT_EQ(read.Text(23), entry.owner);
  EXPECT_EQ(read.All(25), entry.owner_targets);
  EXPECT_EQ(read.Text(27), entry.tablespace);
  EXPECT_EQ(read.Text(29), entry.access_method);
  EXPECT_EQ(read.Number(31, 1), entry.transactional);
  EXPECT_EQ(reference::NumbersIn(read.Text(33)), Numbers(entry.depends));
  EXPECT_EQ(reference::NumbersIn(read.Text(35)), Numbers(entry.locks));
  EXPECT_EQ(reference::NumbersIn(read.Text(37)), Numbers(entry.shared_locks));
  EXPECT_EQ(read.Number(39), entry.parent);
  EXPECT_EQ(read.Number(40), entry.is_relation);
  EXPECT_EQ(read.All(42), entry.alter);
  EXPECT_EQ(read.Number(44), entry.need.major);
  EXPECT_EQ(read.Text(46), entry.need.feature);
  ExpectSameSteps(read, entry.steps);
  EXPECT_EQ(read.Number(50), entry.bytes_estimate);
  EXPECT_EQ(read.Number(52), entry.sorts);
  ASSERT_EQ(read.count(41) != 0, entry.data.has_value());
  if (entry.data.has_value()) ExpectSameData(read, *entry.data);
}

inline void ExpectSameInfo(const reference::Record& header,
                           const ArchiveInfo& info) {
  EXPECT_EQ(header.Text(1), info.encoding);
  EXPECT_EQ(header.Text(2), info.created_by);
  EXPECT_EQ(header.Text(4), info.created_at);
  EXPECT_EQ(header.Number(6), info.server_version);
  EXPECT_EQ(header.Text(8), info.server_version_text);
  EXPECT_EQ(header.Text(10), info.system_identifier);
  EXPECT_EQ(header.Text(12), info.database);
  EXPECT_EQ(header.Text(14), info.collation);
  EXPECT_EQ(header.Text(16), info.collation_version);
  EXPECT_EQ(header.Text(18), info.snapshot_lsn);
  EXPECT_EQ(header.Text(20), info.snapshot_time);
  EXPECT_EQ(header.All(22).size(), info.extensions.size());
}

// The values of typed columns in the binary form of their types.
inline std::vector<Row> AsStored(std::vector<Row> rows,
                                 const std::vector<uint64_t>& types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] == 0) continue;
    const BuiltInType* const type =
        FindTypedType(static_cast<uint32_t>(types[i]));
    for (Row& row : rows) {
      Buffer stored;
      if (!row[i].has_value()) continue;
      EXPECT_TRUE(type->codec->FromText(*row[i], stored)) << *row[i];
      row[i] = ToString(stored);
    }
  }
  return rows;
}

inline void ExpectReferenceReadsTheSame(const Buffer& archive) {
  const reference::Archive read = reference::Read(ViewOf(archive));
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  ExpectSameInfo(read.header, reader->info());
  ASSERT_EQ(read.entries.size(), reader->entries().size());
  for (size_t i = 0; i < read.entries.size(); ++i)
    ExpectSameEntry(read.entries[i], reader->entries()[i]);
  const auto& chunks = reader->directory().chunks;
  ASSERT_EQ(read.chunks.size(), chunks.size());
  for (size_t i = 0; i < chunks.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch, reader->ReadChunk(chunks[i]));
    EXPECT_EQ(read.chunks[i].entry_id, chunks[i].entry_id);
    EXPECT_TRUE(read.chunks[i].rows ==
                AsStored(RowsOf(batch), read.chunks[i].types))
        << "chunk " << i;
  }
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_SAME_ARCHIVE_H_
