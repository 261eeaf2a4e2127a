#include "format/block_scanner.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Scan {
  std::vector<uint64_t> ordinals;  // of the usable blocks
  std::vector<ScanDamage> damages;
};

Scan ScanAll(Bytes archive) {
  const auto source = MakeMemoryStream(archive);
  BlockScanner scanner(*source);
  Scan scan;
  while (true) {
    const auto block = scanner.Next();
    EXPECT_OK(block);
    if (!block.ok() || !block->has_value()) break;
    if ((*block)->usable) scan.ordinals.push_back((*block)->header.ordinal());
  }
  scan.damages = scanner.damages();
  return scan;
}

// An archive of 5 blocks: header, entries, chunk, directory, footer; the chunk
// is the only one of some size.
std::vector<RawBlock> FiveBlocks() {
  return BlocksOf(ArchiveBuilder()
                      .Entries({DataEntry(1, "t", {0})})
                      .Chunk(1, {{std::string(3000, 'x')}}, /*level=*/0)
                      .Finish());
}

TEST(BlockScanner, FindsEveryBlockOfAWholeArchive) {
  const Scan scan = ScanAll(ArchiveOf(FiveBlocks()));
  EXPECT_THAT(scan.ordinals, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(scan.damages, IsEmpty());
}

TEST(BlockScanner, GoesOnBehindADamagedHeader) {
  std::vector<RawBlock> blocks = FiveBlocks();
  blocks[2].header.mutable_octets()[20] ^= 1;
  const Scan scan = ScanAll(ArchiveOf(blocks));
  EXPECT_THAT(scan.ordinals, ElementsAre(0, 1, 3, 4));
  EXPECT_EQ(scan.damages.front().status.message(),
            absl::StrCat("block 2 at position ", blocks[2].header.position(),
                         ": no intact block header is there; the next one is "
                         "at position ",
                         blocks[3].header.position()));
}

TEST(BlockScanner, GoesOnBehindADamagedFirstHeader) {
  std::vector<RawBlock> blocks = FiveBlocks();
  blocks[0].header.mutable_octets()[20] ^= 1;
  EXPECT_THAT(ScanAll(ArchiveOf(blocks)).ordinals, ElementsAre(1, 2, 3, 4));
}

TEST(BlockScanner, FindsTheNextBlockWhereOctetsAreLostOrCameIn) {
  Buffer archive = ArchiveOf(FiveBlocks());
  const size_t inside = FiveBlocks()[2].header.position() + 100;
  archive.erase(archive.begin() + static_cast<ptrdiff_t>(inside));
  EXPECT_THAT(ScanAll(archive).ordinals, ElementsAre(0, 1, 2, 3, 4));
  archive.insert(archive.begin() + static_cast<ptrdiff_t>(inside), 5, 'y');
  EXPECT_THAT(ScanAll(archive).ordinals, ElementsAre(0, 1, 2, 3, 4));
}

TEST(BlockScanner, ReportsALostBlockOnce) {
  std::vector<RawBlock> blocks = FiveBlocks();
  blocks.erase(blocks.begin() + 2);
  const Scan scan = ScanAll(ArchiveOf(blocks));
  EXPECT_THAT(scan.ordinals, ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(scan.damages, SizeIs(1));
}

TEST(BlockScanner, PassesOverABlockOfAnotherArchive) {
  std::vector<RawBlock> blocks = FiveBlocks();
  blocks.insert(blocks.begin() + 3, BlocksOf(SmallArchive(/*id=*/99))[4]);
  const Scan scan = ScanAll(ArchiveOf(blocks));
  EXPECT_THAT(scan.ordinals, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(scan.damages[0].status,
              StatusMessageHas("belongs to another archive"));
}

TEST(BlockScanner, AnArchiveInsideAPayloadIsNotTakenForBlocks) {
  const std::string inner = ToString(SmallArchive(/*id=*/99));
  std::vector<RawBlock> blocks = BlocksOf(ArchiveBuilder()
                                              .Entries({DataEntry(1, "t", {0})})
                                              .Chunk(1, {{inner}}, /*level=*/0)
                                              .Finish());
  blocks[2].header.mutable_octets()[20] ^= 1;
  EXPECT_THAT(ScanAll(ArchiveOf(blocks)).ordinals, ElementsAre(0, 1, 3, 4));
}

TEST(BlockScanner, APayloadCutOffIsReportedOnce) {
  Buffer archive = ArchiveOf(FiveBlocks());
  archive.resize(FiveBlocks()[2].header.position() + 1000);
  const Scan scan = ScanAll(archive);
  EXPECT_THAT(scan.ordinals, ElementsAre(0, 1));
  ASSERT_THAT(scan.damages, SizeIs(1));
  EXPECT_THAT(scan.damages[0].status, FailsWith(Failure::kIncomplete));
}

TEST(BlockScanner, FindsBlocksFarAway) {
  Buffer archive = ArchiveOf(FiveBlocks());
  const auto second = archive.begin() +
                      static_cast<ptrdiff_t>(FiveBlocks()[1].header.position());
  archive.insert(second, (1 << 20) - 3, 0x89);
  EXPECT_THAT(ScanAll(archive).ordinals, ElementsAre(0, 1, 2, 3, 4));
}

}  // namespace
}  // namespace pgbale
