#include "format/directory_codec.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

// Two tables, ids 1 and 3, with two chunks and one.
class DirectoryCodec : public ::testing::Test {
 protected:
  static constexpr uint64_t kBegin = 1000;

  absl::Status Check() const {
    return CheckDirectory(directory_, entries_, footer_, kBegin);
  }

  const std::vector<Entry> entries_ = {
      DataEntry(1, "a", {4}), SchemaEntry(2, "s"), DataEntry(3, "b", {4})};
  Directory directory_ = {
      .chunks = {{1, 2, 1000, 100, 5, 50},
                 {3, 3, 1100, 200, 6, 60},
                 {1, 5, 1400, 64, 1, 10}},
      .tables = {{1, 6, 60, 164, 2, {7, 7}}, {3, 6, 60, 200, 1, {8, 8}}}};
  Footer footer_ = {.directory_position = 1464,
                    .directory_ordinal = 6,
                    .chunks = 3,
                    .rows = 12,
                    .raw_octets = 120,
                    .stored_octets = 364,
                    .entries = 3};
};

TEST_F(DirectoryCodec, ASoundOneIsAccepted) { EXPECT_OK(Check()); }

TEST_F(DirectoryCodec, SurvivesInAnyNumberOfBlocks) {
  for (const size_t octets : {size_t{1}, size_t{40}, size_t{1000}}) {
    Directory decoded;
    for (const Buffer& raw : EncodeDirectory(directory_, octets))
      ASSERT_OK(DecodeDirectory(raw, 3, decoded));
    EXPECT_EQ(decoded.chunks, directory_.chunks);
    EXPECT_EQ(decoded.tables, directory_.tables);
  }
}

TEST_F(DirectoryCodec, MoreChunksThanAllowedAreDamage) {
  Directory decoded;
  EXPECT_THAT(DecodeDirectory(EncodeDirectory(directory_, 1000)[0], 2, decoded),
              FailsWith(Failure::kDamaged));
}

TEST_F(DirectoryCodec, ChunksOfEntriesWithoutDataAreDamage) {
  for (const uint32_t entry_id : {0u, 2u, 4u, ~0u}) {
    directory_.chunks[0].entry_id = entry_id;
    EXPECT_THAT(Check(), StatusMessageHas("which has no data"));
  }
}

TEST_F(DirectoryCodec, ChunksThatOverlapAreDamage) {
  for (const uint64_t position : {uint64_t{0}, uint64_t{999}, uint64_t{1099},
                                  uint64_t{1300}, ~uint64_t{0}}) {
    directory_.chunks[1].position = position;
    EXPECT_THAT(Check(), FailsWith(Failure::kDamaged)) << position;
  }
}

TEST_F(DirectoryCodec, ChunksOfImpossibleSizesAreDamage) {
  for (const uint64_t octets : {uint64_t{0}, uint64_t{63}, uint64_t{301},
                                uint64_t{1} << 32, ~uint64_t{0}}) {
    directory_.chunks[1].stored_bytes = octets;
    EXPECT_THAT(Check(), FailsWith(Failure::kDamaged)) << octets;
  }
}

TEST_F(DirectoryCodec, OrdinalsAscend) {
  for (const uint64_t ordinal :
       {uint64_t{0}, uint64_t{2}, uint64_t{5}, uint64_t{6}, ~uint64_t{0}}) {
    directory_.chunks[1].ordinal = ordinal;
    EXPECT_THAT(Check(), FailsWith(Failure::kDamaged)) << ordinal;
  }
}

TEST_F(DirectoryCodec, TotalsAreTheSumsOfTheirChunks) {
  directory_.tables[1].rows = 7;
  EXPECT_THAT(Check(), StatusMessageHas("the totals of entry 3"));
}

TEST_F(DirectoryCodec, TablesAreTheEntriesWithData) {
  Directory whole = directory_;
  directory_.tables.pop_back();
  EXPECT_THAT(Check(), StatusMessageHas("the tables are not those"));
  directory_ = whole;
  std::swap(directory_.tables[0], directory_.tables[1]);
  EXPECT_THAT(Check(), StatusMessageHas("the tables are not those"));
  directory_ = whole;
  directory_.tables.push_back(whole.tables[1]);
  EXPECT_THAT(Check(), StatusMessageHas("the tables are not those"));
}

TEST_F(DirectoryCodec, TheFooterHoldsTheSums) {
  const Footer whole = footer_;
  for (uint64_t Footer::*field :
       {&Footer::chunks, &Footer::rows, &Footer::raw_octets,
        &Footer::stored_octets}) {
    footer_ = whole;
    footer_.*field += 1;
    EXPECT_THAT(Check(), StatusMessageHas("the sums of the footer"));
  }
}

TEST_F(DirectoryCodec, AMillionChunksTakeLinearTime) {
  Directory large;
  for (uint64_t i = 0; i < 1'000'000; ++i)
    large.chunks.push_back({1, i + 2, 1000 + 64 * i, 64, 1, 1});
  Directory decoded;
  for (const Buffer& raw : EncodeDirectory(large, 1 << 20))
    ASSERT_OK(DecodeDirectory(raw, 1'000'000, decoded));
  EXPECT_EQ(decoded.chunks.back(), large.chunks.back());
  EXPECT_EQ(decoded.chunks.size(), large.chunks.size());
}

}  // namespace
}  // namespace pgbale
