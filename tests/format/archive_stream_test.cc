#include "format/archive_stream.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::AllOf;
using ::testing::IsEmpty;

absl::StatusOr<std::unique_ptr<ArchiveStream>> OpenStream(Bytes archive) {
  return ArchiveStream::Open(MakeMemoryStream(archive));
}

// All rows of all chunks, in the order of the archive, or the first error.
absl::StatusOr<std::vector<Row>> ReadStream(Bytes archive) {
  ASSIGN_OR_RETURN(const auto stream, OpenStream(archive));
  std::vector<Row> rows;
  while (true) {
    ASSIGN_OR_RETURN(const auto chunk, stream->Next());
    if (!chunk.has_value()) return rows;
    ASSIGN_OR_RETURN(const RowBatch batch, stream->Decode(*chunk));
    for (const Row& row : RowsOf(batch)) rows.push_back(row);
  }
}

TEST(ArchiveStream, GivesWhatAReaderGives) {
  const Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  ASSERT_OK_AND_ASSIGN(const auto stream, OpenStream(archive));
  EXPECT_EQ(stream->info(), reader->info());
  EXPECT_EQ(stream->entries(), reader->entries());
  std::vector<ChunkRef> chunks;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const auto chunk, stream->Next());
    if (!chunk.has_value()) break;
    chunks.push_back(chunk->ref);
    // The directory has it of large chunks only.
    chunks.back().head_hash = 0;
  }
  EXPECT_EQ(chunks, reader->directory().chunks);
  EXPECT_EQ(stream->directory().tables, reader->directory().tables);
  ASSERT_OK_AND_ASSIGN(const auto rows, ReadStream(archive));
  EXPECT_EQ(rows.size(), 6u);
}

TEST(ArchiveStream, AnEmptyArchiveIsWhole) {
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       ReadStream(ArchiveBuilder().Entries({}).Finish()));
  EXPECT_THAT(rows, IsEmpty());
}

TEST(ArchiveStream, EveryTruncationIsIncomplete) {
  const Buffer archive = SmallArchive();
  for (size_t octets = 0; octets < archive.size(); ++octets)
    EXPECT_THAT(ReadStream(Bytes(archive).first(octets)),
                FailsWith(Failure::kIncomplete))
        << octets;
}

TEST(ArchiveStream, EveryFlippedBitIsFound) {
  Buffer archive = SmallArchive();
  for (size_t bit = 0; bit < archive.size() * 8; ++bit) {
    const uint8_t mask = static_cast<uint8_t>(1u << bit % 8);
    archive[bit / 8] ^= mask;
    EXPECT_FALSE(ReadStream(archive).ok()) << "bit " << bit;
    archive[bit / 8] ^= mask;
  }
}

TEST(ArchiveStream, EveryRearrangementIsFound) {
  const std::vector<RawBlock> whole = BlocksOf(SmallArchive());
  for (size_t i = 0; i < whole.size(); ++i) {
    for (size_t j = 0; j < whole.size(); ++j) {
      std::vector<RawBlock> blocks = whole;
      blocks.insert(blocks.begin() + static_cast<ptrdiff_t>(j), whole[i]);
      EXPECT_FALSE(ReadStream(ArchiveOf(blocks)).ok());
      blocks = whole;
      std::swap(blocks[i], blocks[j]);
      if (i != j) {
        EXPECT_FALSE(ReadStream(ArchiveOf(blocks)).ok());
      }
    }
  }
}

// Blocks that fit each other, as only a hostile writer makes them: the
// directory must still be that of the chunks.
TEST(ArchiveStream, ADirectoryOfOtherChunksIsFound) {
  for (size_t left_out = 1; left_out + 1 < BlocksOf(SmallArchive()).size();
       ++left_out) {
    std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
    blocks.erase(blocks.begin() + static_cast<ptrdiff_t>(left_out));
    EXPECT_FALSE(ReadStream(Rewrite(blocks)).ok()) << left_out;
  }
}

TEST(ArchiveStream, ADamagedChunkIsReportedWithItsTable) {
  Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  archive[reader->directory().chunks[1].position + 70] ^= 1;
  EXPECT_THAT(ReadStream(archive),
              AllOf(FailsWith(Failure::kDamaged),
                    StatusMessageHas("\"memory\": table \"public.b\": chunk")));
}

TEST(ArchiveStream, OctetsBehindTheFooterAreDamage) {
  Buffer archive = SmallArchive();
  archive.push_back(0);
  EXPECT_THAT(ReadStream(archive), StatusMessageHas("octets follow"));
}

TEST(ArchiveStream, UnknownBlocksAreSkippedOrRefused) {
  std::vector<RawBlock> blocks =
      BlocksOf(ArchiveBuilder().Entries({SchemaEntry(1, "s")}).Finish());
  for (size_t place = 1; place < blocks.size(); ++place) {
    std::vector<RawBlock> more = blocks;
    more.insert(more.begin() + static_cast<ptrdiff_t>(place), UnknownBlock(0));
    EXPECT_OK(ReadStream(Rewrite(more))) << place;
    more[place] = UnknownBlock(0x8000);
    EXPECT_THAT(ReadStream(Rewrite(more)), FailsWith(Failure::kError)) << place;
  }
}

TEST(ArchiveStream, WhatIsNoBaleIsNamed) {
  EXPECT_THAT(OpenStream(AsBytes("PGDMP\1\17\0")),
              StatusMessageHas("pg_dump custom archive"));
}

}  // namespace
}  // namespace pgbale
