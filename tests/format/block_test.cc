#include "format/block.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

const std::string kPayload = "payload";

BlockHeader SomeHeader() {
  return BlockHeader({.kind = BlockKind::kChunk,
                      .entry_id = 7,
                      .archive_id = 1000,
                      .ordinal = 3,
                      .position = 4096,
                      .payload_octets = kPayload.size(),
                      .payload_hash = Hash64(AsBytes(kPayload))});
}

TEST(BlockHeader, GivesBackItsFields) {
  const BlockHeader header = SomeHeader();
  EXPECT_TRUE(header.is(BlockKind::kChunk));
  EXPECT_EQ(header.entry_id(), 7u);
  EXPECT_EQ(header.archive_id(), 1000u);
  EXPECT_EQ(header.ordinal(), 3u);
  EXPECT_EQ(header.position(), 4096u);
  EXPECT_EQ(header.payload_octets(), kPayload.size());
  EXPECT_EQ(header.block_octets(), kPayload.size() + 64);
  EXPECT_EQ(header.Name(), "chunk block 3 at position 4096");
}

TEST(BlockHeader, IsItselfWhatItWasMadeFor) {
  const BlockHeader header = SomeHeader();
  EXPECT_OK(header.CheckIntact());
  EXPECT_OK(header.CheckUnderstood());
  EXPECT_OK(header.CheckPlace(1000, 3, 4096));
  EXPECT_OK(header.CheckPayload(AsBytes(kPayload)));
}

TEST(BlockHeader, EveryFlippedBitIsDamage) {
  for (size_t bit = 0; bit < BlockHeader::kSize * 8; ++bit) {
    BlockHeader header = SomeHeader();
    header.mutable_octets()[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    EXPECT_THAT(header.CheckIntact(), FailsWith(Failure::kDamaged)) << bit;
  }
}

TEST(BlockHeader, AnotherPlaceIsDamageThatIsNamed) {
  const BlockHeader header = SomeHeader();
  EXPECT_THAT(header.CheckPlace(1, 3, 4096),
              StatusMessageHas("belongs to another archive"));
  EXPECT_THAT(header.CheckPlace(1000, 4, 4096),
              StatusMessageHas("block 3 stands where block 4 belongs"));
  EXPECT_THAT(header.CheckPlace(1000, 3, 1),
              StatusMessageHas("was written at position 4096, not at 1"));
}

TEST(BlockHeader, AnotherPayloadIsDamage) {
  EXPECT_THAT(SomeHeader().CheckPayload(AsBytes("Payload")),
              FailsWith(Failure::kDamaged));
  EXPECT_THAT(SomeHeader().CheckPayload(AsBytes("")),
              FailsWith(Failure::kDamaged));
}

TEST(BlockHeader, APayloadAboveTheLimitIsDamage) {
  const BlockHeader header(
      {.kind = BlockKind::kChunk, .payload_octets = kPayloadOctetsMax + 1});
  EXPECT_THAT(header.CheckIntact(), StatusMessageHas("above the limit"));
}

TEST(BlockHeader, OnlyAChunkNamesAnEntry) {
  const BlockHeader header({.kind = BlockKind::kFooter, .entry_id = 1});
  EXPECT_THAT(header.CheckIntact(), FailsWith(Failure::kDamaged));
}

TEST(BlockHeader, TheChainDependsOnTheOrder) {
  const BlockHeader a = SomeHeader();
  const BlockHeader b({.kind = BlockKind::kFooter});
  EXPECT_NE(ExtendChain(ExtendChain(0, a), b),
            ExtendChain(ExtendChain(0, b), a));
}

}  // namespace
}  // namespace pgbale
