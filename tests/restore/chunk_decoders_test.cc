#include "restore/chunk_decoders.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/io/memory.h"
#include "gmock/gmock.h"
#include "restore/entry_rows.h"
#include "tests/format/archives.h"
#include "tests/support/memory.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Large enough for a thread of its own.
constexpr size_t kChunkOctets = 200 << 10;
// What is counted for one.
constexpr uint64_t kMemoryOfChunk = 4 * kChunkOctets + 1000;

// An archive of table "t" with so many chunks of one row, "000…", "111…", ….
class ChunkDecodersTest : public ::testing::Test {
 protected:
  void Write(int chunks) {
    ArchiveBuilder builder;
    builder.Entries({DataEntry(1, "t", {0})});
    for (int i = 0; i < chunks; ++i) builder.Chunk(1, {{Value(i)}}, 0);
    octets_ = builder.Finish();
  }
  void Open(int threads, uint64_t memory_octets) {
    ASSERT_OK_AND_ASSIGN(reader_,
                         ArchiveReader::Open(MakeMemorySource(octets_)));
    decoders_ = std::make_unique<ChunkDecoders>(*reader_, cancel_, threads,
                                                memory_octets);
  }

  static std::string Value(int i) {
    return std::string(kChunkOctets, static_cast<char>('0' + i));
  }

  ArchiveRows Rows(bool skip_corrupt = false) {
    return ArchiveRows(*decoders_, reader_->entries()[0],
                       reader_->directory().chunks, skip_corrupt, cancel_,
                       progress_);
  }
  // The first character of each row; "!" for an error.
  std::string ReadAll(ArchiveRows& rows) {
    std::string read;
    while (true) {
      const absl::StatusOr<std::optional<RowBatch>> batch = rows.Next();
      if (!batch.ok()) return read + "!";
      if (!batch->has_value()) return read;
      read += (*RowsOf(**batch).at(0).at(0))[0];
    }
  }
  void Damage(size_t chunk) {
    ASSERT_OK_AND_ASSIGN(const auto reader,
                         ArchiveReader::Open(MakeMemorySource(octets_)));
    octets_[reader->directory().chunks[chunk].position + 5000] ^= 1;
  }

  Buffer octets_;
  CancelToken cancel_;
  Progress progress_;
  std::unique_ptr<ArchiveReader> reader_;
  std::unique_ptr<ChunkDecoders> decoders_;
};

TEST_F(ChunkDecodersTest, ChunksComeInOrder) {
  Write(10);
  Open(3, 100 * kMemoryOfChunk);
  ArchiveRows rows = Rows();
  EXPECT_EQ(ReadAll(rows), "0123456789");
  EXPECT_EQ(progress_.rows, 10u);
}

TEST_F(ChunkDecodersTest, ChunksAreDecodedAhead) {
  Write(10);
  Open(3, 100 * kMemoryOfChunk);
  ArchiveRows rows = Rows();
  ASSERT_OK(rows.Next());
  // Those that are decoded before the next one is begun take less by then.
  EXPECT_GT(decoders_->octets_peak(), kMemoryOfChunk + kChunkOctets);
}

TEST_F(ChunkDecodersTest, WhatIsAheadStaysWithinTheMemory) {
  Write(10);
  Open(3, 2 * kMemoryOfChunk);
  std::vector<std::thread> threads;
  const PeakMemory memory;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([this] {
      ArchiveRows rows = Rows();
      while (true) {
        const auto batch = rows.Next();
        ASSERT_OK(batch);
        if (!batch->has_value()) break;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(decoders_->octets_peak(), 2 * kMemoryOfChunk);
  EXPECT_LT(memory.octets(), 2 * kMemoryOfChunk + (1 << 20));
}

// If one could wait for memory while it holds some, this would not end.
TEST_F(ChunkDecodersTest, ManyTablesDoNotWaitForEachOther) {
  Write(10);
  Open(2, kMemoryOfChunk + kMemoryOfChunk / 2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([this] {
      ArchiveRows rows = Rows();
      EXPECT_EQ(ReadAll(rows), "0123456789");
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ChunkDecodersTest, AChunkBeyondTheMemoryPasses) {
  Write(3);
  Open(2, 1000);
  ArchiveRows rows = Rows();
  EXPECT_EQ(ReadAll(rows), "012");
}

TEST_F(ChunkDecodersTest, ADamagedChunkEndsTheRows) {
  Write(5);
  Damage(2);
  Open(2, 100 * kMemoryOfChunk);
  ArchiveRows rows = Rows();
  EXPECT_EQ(ReadAll(rows), "01!");
  EXPECT_THAT(rows.Next(), FailsWith(Failure::kDamaged));
}

TEST_F(ChunkDecodersTest, DamagedChunksAreLeftOutIfTheyMay) {
  Write(6);
  Damage(2);
  Damage(5);
  Open(2, 100 * kMemoryOfChunk);
  ArchiveRows rows = Rows(/*skip_corrupt=*/true);
  EXPECT_EQ(ReadAll(rows), "0134");
  EXPECT_EQ(rows.rows(), 4u);
  ASSERT_THAT(rows.skipped(), SizeIs(2));
  EXPECT_EQ(rows.skipped()[0].chunk->ordinal,
            reader_->directory().chunks[2].ordinal);
  EXPECT_THAT(std::string(rows.skipped()[1].damage.message()),
              HasSubstr("table \"public.t\""));
}

TEST_F(ChunkDecodersTest, ACancelledRestoreReadsNoMore) {
  Write(5);
  Open(2, 100 * kMemoryOfChunk);
  ArchiveRows rows = Rows(/*skip_corrupt=*/true);
  ASSERT_OK(rows.Next());
  cancel_.Cancel(MakeError(Failure::kInterrupted, "interrupted"));
  EXPECT_THAT(rows.Next(), FailsWith(Failure::kInterrupted));
}

TEST_F(ChunkDecodersTest, WhatIsGivenUpIsFreed) {
  Write(10);
  Open(2, 2 * kMemoryOfChunk);
  for (int i = 0; i < 20; ++i) {
    ArchiveRows rows = Rows();
    ASSERT_OK(rows.Next());
  }
  ArchiveRows rows = Rows();
  EXPECT_EQ(ReadAll(rows), "0123456789");
}

TEST_F(ChunkDecodersTest, SmallChunksAreDecodedAtOnce) {
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0})});
  builder.Chunk(1, {{"0"}}).Chunk(1, {{Value(1)}}).Chunk(1, {{"2"}});
  octets_ = builder.Finish();
  Open(2, 100 * kMemoryOfChunk);
  ArchiveRows rows = Rows();
  ASSERT_OK(rows.Next());
  EXPECT_EQ(decoders_->octets_peak(), 0u);
  EXPECT_EQ(ReadAll(rows), "12");
}

}  // namespace
}  // namespace pgbale
