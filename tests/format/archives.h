// Small archives and batches, in few words.

#ifndef PGBALE_TESTS_FORMAT_ARCHIVES_H_
#define PGBALE_TESTS_FORMAT_ARCHIVES_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/io/memory.h"
#include "format/archive_reader.h"
#include "format/archive_writer.h"
#include "format/block.h"
#include "format/checksum.h"
#include "format/chunk.h"
#include "format/constants.h"
#include "format/row_batch.h"
#include "format/wire/copy_binary.h"
#include "tests/format/read_whole.h"
#include "tests/support/random.h"
#include "tests/support/status_matchers.h"

namespace pgbale::format_test {

// A row as its values; nullopt is NULL.
using Value = std::optional<std::string>;
inline const Value kNull = std::nullopt;
using Row = std::vector<Value>;
using Widths = std::vector<uint32_t>;

// The octets of an integer, as a value.
template <typename T>
std::string Octets(T value) {
  Buffer octets;
  AppendBig(octets, value);
  return ToString(octets);
}

inline void AppendRow(const Row& row, RowBatch& batch) {
  Buffer image;
  AppendBig(image, static_cast<int16_t>(row.size()));
  for (size_t i = 0; i < row.size(); ++i) {
    if (!row[i].has_value()) {
      batch.columns()[i].AppendNull();
      AppendBig(image, int32_t{-1});
      continue;
    }
    batch.columns()[i].Append(AsBytes(*row[i]));
    AppendBig(image, static_cast<int32_t>(row[i]->size()));
    Append(image, AsBytes(*row[i]));
  }
  batch.EndRow(image.size(), DigestRow(image));
}

inline RowBatch BatchOf(const Widths& widths, const std::vector<Row>& rows) {
  RowBatch batch(widths);
  for (const Row& row : rows) AppendRow(row, batch);
  return batch;
}

inline std::vector<Row> RowsOf(const RowBatch& batch) {
  std::vector<Row> rows;
  RowCursor cursor(batch);
  while (cursor.Next()) {
    Row& row = rows.emplace_back();
    for (size_t i = 0; i < batch.columns().size(); ++i) {
      row.push_back(cursor.is_null(i) ? Value()
                                      : Value(ToString(cursor.value(i))));
    }
  }
  return rows;
}

// Rows of few or many, short or long, alike or random values and NULLs.
inline std::vector<Row> RandomRows(Random& random, const Widths& widths,
                                   size_t count) {
  std::vector<Row> rows(count, Row(widths.size()));
  for (size_t i = 0; i < widths.size(); ++i) {
    const uint64_t one_null_in = 1 + random.Skewed(10);
    const uint64_t kinds = 1 + random.Skewed(10);
    const uint64_t longest = 1 + random.Skewed(9);
    for (Row& row : rows) {
      if (random.OneIn(one_null_in)) continue;
      const uint64_t kind = random.Below(kinds);
      const size_t octets = widths[i] != 0 ? widths[i] : kind % longest;
      row[i] = std::string(octets, static_cast<char>(kind));
      if (octets > 1) (*row[i])[octets / 2] = static_cast<char>(kind >> 8);
    }
  }
  return rows;
}

inline Entry SchemaEntry(uint32_t id, const std::string& name) {
  Entry entry;
  entry.id = id;
  entry.kind = "SCHEMA";
  entry.name = name;
  entry.create = {absl::StrCat("CREATE SCHEMA ", name)};
  entry.drop = {absl::StrCat("DROP SCHEMA ", name)};
  entry.owner = "alice";
  return entry;
}

inline Entry DataEntry(uint32_t id, const std::string& table,
                       const Widths& widths) {
  Entry entry;
  entry.id = id;
  entry.kind = "TABLE DATA";
  entry.schema = "public";
  entry.name = table;
  entry.section = Section::kData;
  entry.aspect = Aspect::kData;
  TableData& data = entry.data.emplace();
  data.schema = "public";
  data.relation = table;
  data.format = WireFormat::kBinary;
  for (const uint32_t width : widths) {
    data.columns.push_back({.name = absl::StrCat("c", data.columns.size()),
                            .type = width == 0 ? "text" : "integer",
                            .width = width});
  }
  return entry;
}

inline ArchiveInfo SmallInfo() {
  ArchiveInfo info;
  info.created_by = "pgbale";
  info.server_version = 180000;
  info.database = "shop";
  info.encoding = "UTF8";
  info.extensions = {{"plpgsql", "1.0"}};
  return info;
}

// Writes one archive, step by step, into memory. The same steps give the same
// octets, unless the id differs.
class ArchiveBuilder {
 public:
  static constexpr uint64_t kId = 0x0123456789abcdef;

  explicit ArchiveBuilder(uint64_t id = kId, size_t packed_octets = 1 << 20,
                          const ArchiveInfo& info = SmallInfo()) {
    auto writer =
        ArchiveWriter::Open(MakeMemorySink(&octets_), info,
                            {.archive_id = id, .packed_octets = packed_octets});
    EXPECT_OK(writer);
    writer_ = *std::move(writer);
  }

  ArchiveBuilder& Entries(const std::vector<Entry>& entries) {
    EXPECT_OK(writer_->AppendEntries(entries));
    for (const Entry& entry : entries) {
      if (entry.data.has_value()) widths_[entry.id] = WidthsOfEntry(entry);
    }
    return *this;
  }
  ArchiveBuilder& Chunk(uint32_t entry_id, const std::vector<Row>& rows,
                        int level = 1) {
    const RowBatch batch = BatchOf(widths_.at(entry_id), rows);
    EXPECT_OK(writer_->AppendChunk(entry_id, EncodeChunk(batch, {level})));
    return *this;
  }
  Buffer Finish() {
    EXPECT_OK(writer_->Finish());
    return octets_;
  }

  ArchiveWriter& writer() { return *writer_; }
  // So far.
  const Buffer& octets() const { return octets_; }

 private:
  static Widths WidthsOfEntry(const Entry& entry) {
    Widths widths;
    for (const DataColumn& column : entry.data->columns)
      widths.push_back(column.width);
    return widths;
  }

  Buffer octets_;
  std::unique_ptr<ArchiveWriter> writer_;
  std::map<uint32_t, Widths> widths_;
};

// Every kind of block, and of ENTRIES, CHUNK and DIRECTORY more than one:
// tables public.a (ids 2) and public.b (id 3).
inline Buffer SmallArchive(uint64_t id = ArchiveBuilder::kId) {
  return ArchiveBuilder(id, /*packed_octets=*/60)
      .Entries({SchemaEntry(1, "s"), DataEntry(2, "a", {4, 0}),
                DataEntry(3, "b", {0})})
      .Chunk(2, {{Octets(1), "one"}, {Octets(2), kNull}, {Octets(3), "three"}})
      .Chunk(3, {{std::string(200, 'x')}, {std::string(100, 'y')}})
      .Chunk(2, {{Octets(4), "four"}})
      .Finish();
}

inline absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenArchive(
    Bytes archive) {
  return ArchiveReader::Open(MakeMemorySource(archive));
}

// The blocks of a whole archive, to be rearranged.
struct RawBlock {
  BlockHeader header;
  Buffer payload;
};
inline std::vector<RawBlock> BlocksOf(Bytes archive) {
  std::vector<RawBlock> blocks;
  while (!archive.empty()) {
    RawBlock& block = blocks.emplace_back();
    std::copy_n(archive.begin(), BlockHeader::kSize,
                block.header.mutable_octets().begin());
    archive.remove_prefix(BlockHeader::kSize);
    const Bytes payload = archive.first(block.header.payload_octets());
    block.payload.assign(payload.begin(), payload.end());
    archive.remove_prefix(payload.size());
  }
  return blocks;
}
inline Buffer ArchiveOf(const std::vector<RawBlock>& blocks) {
  Buffer archive;
  for (const RawBlock& block : blocks) {
    Append(archive, block.header.octets());
    Append(archive, block.payload);
  }
  return archive;
}
// A block that no version knows.
inline RawBlock UnknownBlock(uint16_t flags) {
  RawBlock block;
  block.header = BlockHeader(
      {.kind = static_cast<BlockKind>(99), .archive_id = ArchiveBuilder::kId});
  StoreLittle(block.header.mutable_octets().data() + 10, flags);
  block.payload.assign(10, 7);
  return block;
}
// `block` as the writer would have made it, at this place.
inline BlockHeader Refit(const RawBlock& block, uint64_t ordinal,
                         uint64_t position) {
  BlockHeader header({.kind = static_cast<BlockKind>(block.header.kind()),
                      .entry_id = block.header.entry_id(),
                      .archive_id = block.header.archive_id(),
                      .ordinal = ordinal,
                      .position = position,
                      .payload_octets = block.payload.size(),
                      .payload_hash = Hash64(block.payload)});
  uint8_t* const octets = header.mutable_octets().data();
  StoreLittle(octets + 10, block.header.flags());
  StoreLittle(octets + 56, Hash64(header.octets().first(56)));
  return header;
}
// Blocks with other payloads, or in another order, as a hostile writer would
// make them: ordinals, positions and hashes fit, and the footer's chain and
// place of the directory. (The directory itself is as it was.)
inline Buffer Rewrite(std::vector<RawBlock> blocks) {
  Buffer archive;
  uint64_t ordinal = 0, chain = 0;
  bool in_directory = false;
  Buffer& footer = blocks.back().payload;
  for (RawBlock& block : blocks) {
    if (block.header.is(BlockKind::kDirectory) && !in_directory) {
      in_directory = true;
      StoreLittle(footer.data(), uint64_t{archive.size()});
      StoreLittle(footer.data() + 8, ordinal);
    }
    if (block.header.is(BlockKind::kFooter))
      StoreLittle(footer.data() + 56, chain);
    block.header = Refit(block, ordinal++, archive.size());
    chain = ExtendChain(chain, block.header);
    Append(archive, block.header.octets());
    Append(archive, block.payload);
  }
  return archive;
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_ARCHIVES_H_
