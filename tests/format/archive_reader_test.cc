#include "format/archive_reader.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ArchiveReader, GivesBackWhatWasWritten) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(SmallArchive()));
  EXPECT_EQ(reader->info(), SmallInfo());
  ASSERT_EQ(reader->entries().size(), 3u);
  EXPECT_EQ(reader->entries()[0], SchemaEntry(1, "s"));
  EXPECT_EQ(reader->entries()[1], DataEntry(2, "a", {4, 0}));
  EXPECT_EQ(reader->directory().chunks.size(), 3u);
}

TEST(ArchiveReader, ReadsChunksInAnyOrder) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(SmallArchive()));
  const auto& chunks = reader->directory().chunks;
  ASSERT_OK_AND_ASSIGN(const RowBatch last, reader->ReadChunk(chunks[2]));
  ASSERT_OK_AND_ASSIGN(const RowBatch first, reader->ReadChunk(chunks[0]));
  EXPECT_THAT(RowsOf(last), ElementsAre(Row{Octets(4), "four"}));
  EXPECT_THAT(RowsOf(first),
              ElementsAre(Row{Octets(1), "one"}, Row{Octets(2), kNull},
                          Row{Octets(3), "three"}));
}

TEST(ArchiveReader, TotalsAreTheSumsOfTheChunks) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(SmallArchive()));
  const TableTotals totals = reader->totals(2);
  EXPECT_EQ(totals.rows, 4u);
  EXPECT_EQ(totals.chunks, 2u);
  const RowBatch all = BatchOf({4, 0}, {{Octets(4), "four"},
                                        {Octets(3), "three"},
                                        {Octets(2), kNull},
                                        {Octets(1), "one"}});
  EXPECT_EQ(totals.digest, all.digest());
  EXPECT_EQ(totals.raw_bytes, all.raw_bytes());
}

TEST(ArchiveReader, TotalsOfATableWithoutChunksAreZero) {
  const Buffer archive =
      ArchiveBuilder().Entries({DataEntry(1, "empty", {4})}).Finish();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  TableTotals zero;
  zero.entry_id = 1;
  EXPECT_EQ(reader->totals(1), zero);
  EXPECT_EQ(reader->directory().tables.size(), 1u);
}

TEST(ArchiveReader, AnArchiveMayBeEmpty) {
  ASSERT_OK_AND_ASSIGN(const auto reader,
                       OpenArchive(ArchiveBuilder().Entries({}).Finish()));
  EXPECT_THAT(reader->entries(), IsEmpty());
}

TEST(ArchiveReader, EveryTruncationIsNoticed) {
  const Buffer archive = SmallArchive();
  for (size_t octets = 0; octets < archive.size(); ++octets) {
    EXPECT_THAT(OpenArchive(Bytes(archive).first(octets)),
                FailsWith(Failure::kIncomplete))
        << octets;
  }
}

TEST(ArchiveReader, AppendedOctetsAreNoticed) {
  Buffer archive = SmallArchive();
  archive.push_back(0);
  EXPECT_THAT(OpenArchive(archive), FailsWith(Failure::kIncomplete));
}

TEST(ArchiveReader, EveryFlippedBitIsNoticed) {
  Buffer archive = SmallArchive();
  for (size_t bit = 0; bit < archive.size() * 8; ++bit) {
    const uint8_t mask = static_cast<uint8_t>(1u << bit % 8);
    archive[bit / 8] ^= mask;
    EXPECT_FALSE(ReadEverything(archive).ok()) << "bit " << bit;
    archive[bit / 8] ^= mask;
  }
}

TEST(ArchiveReader, ADamagedChunkIsNamedWithItsTable) {
  Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(auto reader, OpenArchive(archive));
  const ChunkRef chunk = reader->directory().chunks[1];
  archive[chunk.position + BlockHeader::kSize + 7] ^= 1;
  ASSERT_OK_AND_ASSIGN(reader, OpenArchive(archive));
  const absl::Status status = reader->ReadChunk(chunk).status();
  EXPECT_THAT(status, FailsWith(Failure::kDamaged));
  EXPECT_EQ(status.message(),
            absl::StrCat("\"memory\": table \"public.b\": chunk block ",
                         chunk.ordinal, " at position ", chunk.position,
                         ": the payload's checksum does not match"));
}

TEST(ArchiveReader, AChunkOfAnotherTableIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(SmallArchive()));
  ChunkRef chunk = reader->directory().chunks[0];
  chunk.entry_id = 3;
  EXPECT_THAT(reader->ReadChunk(chunk), FailsWith(Failure::kDamaged));
  chunk.entry_id = 1;
  EXPECT_THAT(reader->ReadChunk(chunk), FailsWith(Failure::kError));
}

TEST(ArchiveReader, ALaterMajorVersionIsRefusedWithAHint) {
  std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
  blocks[0].payload[0] = 2;
  const absl::Status status = OpenArchive(Rewrite(blocks)).status();
  EXPECT_THAT(status, FailsWith(Failure::kError));
  EXPECT_THAT(status, StatusMessageHas("in version 2.0 of the format"));
  EXPECT_NE(HintOf(status), "");
}

TEST(ArchiveReader, ALaterMinorVersionIsRead) {
  std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
  blocks[0].payload[2] = 9;
  EXPECT_OK(ReadEverything(Rewrite(blocks)));
}

Buffer WithUnknownBlocks(uint16_t flags) {
  std::vector<RawBlock> blocks =
      BlocksOf(ArchiveBuilder().Entries({DataEntry(1, "empty", {4})}).Finish());
  blocks.insert(blocks.end() - 1, UnknownBlock(flags));
  blocks.insert(blocks.begin() + 1, UnknownBlock(flags));
  return Rewrite(blocks);
}

TEST(ArchiveReader, AnUnknownBlockIsSkipped) {
  EXPECT_OK(OpenArchive(WithUnknownBlocks(0)));
  EXPECT_OK(OpenArchive(WithUnknownBlocks(0x00ff)));
}

TEST(ArchiveReader, AnUnknownBlockToBeUnderstoodIsRefused) {
  EXPECT_THAT(OpenArchive(WithUnknownBlocks(kFlagKindToUnderstand)),
              StatusMessageHas("unknown kind 99"));
}

TEST(ArchiveReader, AnUnknownFlagToBeUnderstoodIsRefused) {
  for (const uint16_t flag : {uint16_t{0x100}, uint16_t{0x4000}}) {
    EXPECT_THAT(OpenArchive(WithUnknownBlocks(flag)),
                StatusMessageHas("unknown flags"));
  }
}

// What a reader finds where blocks of a whole archive were moved about.
absl::Status ReadAfter(void (*change)(std::vector<RawBlock>&)) {
  std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
  change(blocks);
  return ReadEverything(ArchiveOf(blocks));
}

TEST(ArchiveReader, ADroppedBlockIsNoticed) {
  for (size_t i = 0; i < BlocksOf(SmallArchive()).size(); ++i) {
    std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
    blocks.erase(blocks.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_FALSE(ReadEverything(ArchiveOf(blocks)).ok()) << i;
  }
}

TEST(ArchiveReader, ADoubledBlockIsNoticed) {
  for (size_t i = 0; i < BlocksOf(SmallArchive()).size(); ++i) {
    std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
    blocks.insert(blocks.begin() + static_cast<ptrdiff_t>(i),
                  RawBlock(blocks[i]));
    EXPECT_FALSE(ReadEverything(ArchiveOf(blocks)).ok()) << i;
  }
}

TEST(ArchiveReader, SwappedBlocksAreNoticed) {
  EXPECT_THAT(ReadAfter([](std::vector<RawBlock>& blocks) {
                std::swap(blocks[1], blocks[2]);
              }),
              FailsWith(Failure::kDamaged));
}

TEST(ArchiveReader, ABlockOfAnotherArchiveIsNoticed) {
  const std::vector<RawBlock> others = BlocksOf(SmallArchive(/*id=*/4711));
  for (size_t i = 0; i < others.size(); ++i) {
    std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
    blocks[i] = others[i];
    EXPECT_THAT(ReadEverything(ArchiveOf(blocks)), FailsWith(Failure::kDamaged))
        << i;
  }
}

// The archive with the `number`th 8 octets of its footer replaced.
absl::Status ReadWithFooter(size_t number, uint64_t value) {
  std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
  StoreLittle(blocks.back().payload.data() + 8 * number, value);
  blocks.back().header = Refit(blocks.back(), blocks.back().header.ordinal(),
                               blocks.back().header.position());
  return ReadEverything(ArchiveOf(blocks));
}

TEST(ArchiveReader, HostileFootersAreRefused) {
  // The last number, the chain over all headers, is verify's to check.
  for (size_t number = 0; number < 7; ++number) {
    for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 31,
                                 uint64_t{1} << 63, ~uint64_t{0}}) {
      EXPECT_FALSE(ReadWithFooter(number, value).ok())
          << number << " " << value;
    }
  }
}

TEST(ArchiveReader, AHostilePayloadSizeIsRefusedBeforeItIsAllocated) {
  for (const uint64_t octets :
       {uint64_t{1} << 31, (uint64_t{1} << 31) + 1, uint64_t{1} << 63,
        ~uint64_t{0}, ~uint64_t{0} - 63}) {
    std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
    uint8_t* const header = blocks[1].header.mutable_octets().data();
    StoreLittle(header + 40, octets);
    StoreLittle(header + 56, Hash64(blocks[1].header.octets().first(56)));
    EXPECT_THAT(ReadEverything(ArchiveOf(blocks)),
                FailsWith(Failure::kDamaged));
  }
}

TEST(ArchiveReader, HundredThousandTablesAreRead) {
  std::vector<Entry> entries;
  for (uint32_t id = 1; id <= 100'000; ++id)
    entries.push_back(DataEntry(id, absl::StrCat("t", id), {4, 0, 8}));
  const Buffer archive = ArchiveBuilder().Entries(entries).Finish();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  EXPECT_EQ(reader->entries(), entries);
}

// Counts the octets that are read.
class CountingSource : public Source {
 public:
  CountingSource(Bytes archive, uint64_t& octets)
      : source_(MakeMemorySource(archive)), octets_(octets) {}
  absl::Status ReadAt(uint64_t position, MutableBytes out) override {
    octets_ += out.size();
    return source_->ReadAt(position, out);
  }
  uint64_t size() const override { return source_->size(); }
  absl::string_view name() const override { return source_->name(); }

 private:
  const std::unique_ptr<Source> source_;
  uint64_t& octets_;
};

TEST(ArchiveReader, ATableIsReadWithoutTheOctetsOfOthers) {
  uint64_t octets = 0;
  ASSERT_OK_AND_ASSIGN(const auto reader,
                       ArchiveReader::Open(std::make_unique<CountingSource>(
                           SmallArchive(), octets)));
  octets = 0;
  for (const ChunkRef& chunk : reader->directory().chunks) {
    if (chunk.entry_id != 2) continue;
    EXPECT_OK(reader->ReadChunk(chunk));
  }
  EXPECT_EQ(octets, reader->totals(2).stored_bytes);
}

// A chunk of rows that is worth to be read in parts: a number, a text that does
// not compress, and a number again.
std::vector<Row> WideRows() {
  Random random(1);
  std::vector<Row> rows;
  for (int32_t i = 0; i < 1000; ++i) {
    Row& row = rows.emplace_back();
    row.push_back(Octets(i * i));
    row.push_back(ToString(random.Octets(150 + i % 100)));
    row.push_back(i % 7 == 0 ? kNull : Value(Octets(int64_t{i})));
  }
  return rows;
}

Buffer WideArchive() {
  return ArchiveBuilder()
      .Entries({DataEntry(1, "wide", {4, 0, 8})})
      .Chunk(1, WideRows())
      .Finish();
}

// Column `index` of `rows`.
std::vector<Row> ColumnOf(const std::vector<Row>& rows, size_t index) {
  std::vector<Row> column;
  for (const Row& row : rows) column.emplace_back(1, row[index]);
  return column;
}

TEST(ArchiveReader, AColumnIsReadWithoutTheOctetsOfOthers) {
  const Buffer archive = WideArchive();
  uint64_t octets = 0;
  ASSERT_OK_AND_ASSIGN(
      const auto reader,
      ArchiveReader::Open(std::make_unique<CountingSource>(archive, octets)));
  const ChunkRef chunk = reader->directory().chunks.front();
  ASSERT_OK_AND_ASSIGN(const ChunkHead head, reader->ReadChunkHead(chunk));
  for (const size_t index : {size_t{0}, size_t{2}}) {
    octets = 0;
    ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                         reader->ReadColumns(chunk, {index}));
    EXPECT_EQ(RowsOf(batch), ColumnOf(WideRows(), index));
    EXPECT_EQ(batch.rows(), 1000u);
    // The block's header, what is read in search of the head, the column.
    EXPECT_EQ(octets,
              BlockHeader::kSize + 4096 + head.columns[index].stored_octets());
    EXPECT_LT(octets, chunk.stored_bytes / 20);
  }
}

TEST(ArchiveReader, ColumnsComeInTheOrderInWhichTheyAreAskedFor) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(WideArchive()));
  const ChunkRef chunk = reader->directory().chunks.front();
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       reader->ReadColumns(chunk, {2, 0, 2}));
  const Row row = RowsOf(batch)[5];
  EXPECT_EQ(row, (Row{Octets(int64_t{5}), Octets(25), Octets(int64_t{5})}));
  ASSERT_OK_AND_ASSIGN(const RowBatch none, reader->ReadColumns(chunk, {}));
  EXPECT_EQ(none.rows(), 1000u);
  EXPECT_THAT(reader->ReadColumns(chunk, {3}),
              StatusMessageHas("there is no column 4"));
}

TEST(ArchiveReader, ColumnsOfAChunkWithoutHashesAreReadToo) {
  ASSERT_OK_AND_ASSIGN(const auto small, OpenArchive(SmallArchive()));
  const ChunkRef chunk = small->directory().chunks.front();
  ASSERT_EQ(chunk.head_hash, 0u);
  ASSERT_OK_AND_ASSIGN(const RowBatch whole, small->ReadChunk(chunk));
  ASSERT_OK_AND_ASSIGN(const RowBatch batch, small->ReadColumns(chunk, {1}));
  EXPECT_EQ(RowsOf(batch), ColumnOf(RowsOf(whole), 1));
}

TEST(ArchiveReader, EveryFlippedOctetOfAColumnIsNoticedByWhoReadsItAlone) {
  Buffer archive = WideArchive();
  ASSERT_OK_AND_ASSIGN(auto reader, OpenArchive(archive));
  const ChunkRef chunk = reader->directory().chunks.front();
  size_t noticed = 0;
  for (size_t i = 0; i < chunk.stored_bytes; i += i < 500 ? 1 : 97) {
    archive[chunk.position + i] ^= 0x20;
    ASSERT_OK_AND_ASSIGN(reader, OpenArchive(archive));
    const absl::StatusOr<RowBatch> batch = reader->ReadColumns(chunk, {0});
    if (!batch.ok()) {
      EXPECT_THAT(batch, FailsWith(Failure::kDamaged)) << i;
      ++noticed;
    } else {
      EXPECT_EQ(RowsOf(*batch), ColumnOf(WideRows(), 0)) << i;
    }
    archive[chunk.position + i] ^= 0x20;
  }
  EXPECT_GT(noticed, 100u);  // all of the head, and its own
}

TEST(ArchiveReader, AHeadThatTheDirectoryDoesNotKnowIsDamage) {
  std::vector<RawBlock> blocks = BlocksOf(WideArchive());
  // A digest in the head that nobody needs for one column; all hashes of
  // blocks fit again.
  blocks[2].payload[20] ^= 1;
  const Buffer archive = Rewrite(blocks);
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  const ChunkRef chunk = reader->directory().chunks.front();
  for (const absl::Status& status : {reader->ReadColumns(chunk, {0}).status(),
                                     reader->ReadChunkHead(chunk).status(),
                                     reader->PeekChunkHead(chunk).status()}) {
    EXPECT_THAT(status, FailsWith(Failure::kDamaged));
    EXPECT_THAT(status,
                StatusMessageHas("the checksum of its head does not match"));
  }
}

}  // namespace
}  // namespace pgbale
