#include "format/salvage.h"

#include <functional>

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

absl::StatusOr<SalvagePlan> PlanFor(Bytes archive,
                                    const std::string& encoding = "") {
  return PlanSalvage(Survey(archive, 2), encoding, "now");
}

// The new archive, and the plan that it was made by.
struct Salvaged {
  SalvagePlan plan;
  Buffer archive;
};

absl::StatusOr<Salvaged> Salvage(Bytes archive,
                                 const std::string& encoding = "") {
  Salvaged result;
  ASSIGN_OR_RETURN(result.plan, PlanFor(archive, encoding));
  Progress progress;
  const auto source = MakeMemorySource(archive);
  RETURN_IF_ERROR(WriteSalvage(result.plan, *source,
                               MakeMemorySink(&result.archive), progress)
                      .status());
  return result;
}

std::vector<Row> RowsOfTable(Bytes archive, const std::string& table) {
  std::vector<Row> rows;
  const auto reader = OpenArchive(archive);
  EXPECT_OK(reader);
  for (const ChunkRef& chunk : (*reader)->directory().chunks) {
    if ((*reader)->entries()[chunk.entry_id - 1].name != table) continue;
    const auto batch = (*reader)->ReadChunk(chunk);
    EXPECT_OK(batch);
    for (const Row& row : RowsOf(*batch)) rows.push_back(row);
  }
  return rows;
}

// Of SmallArchive: tables "a" with chunks 0 and 2, and "b" with chunk 1.
ChunkRef ChunkAt(size_t index) {
  const auto reader = OpenArchive(SmallArchive());
  EXPECT_OK(reader);
  return (*reader)->directory().chunks[index];
}

auto Lost(const char* table, uint64_t first, std::optional<uint64_t> rows) {
  return AllOf(Field("table", &LostRows::table, table),
               Field("first_row", &LostRows::first_row, first),
               Field("rows", &LostRows::rows, rows));
}

TEST(Salvage, ADamagedChunkIsLeftOutAndNamed) {
  Buffer archive = SmallArchive();
  archive[ChunkAt(0).position + 70] ^= 1;
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(archive));
  EXPECT_THAT(Verify(salvaged.archive).damages, IsEmpty());
  EXPECT_THAT(salvaged.plan.lost,
              ElementsAre(Lost("table \"public.a\"", 1, 3)));
  EXPECT_EQ(RowsOfTable(salvaged.archive, "a"),
            (std::vector<Row>{{Octets(4), "four"}}));
  EXPECT_THAT(RowsOfTable(salvaged.archive, "b"), SizeIs(2));
}

TEST(Salvage, ChunksKeepTheirPlaces) {
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0})});
  for (const uint64_t place : {9, 4, 7}) {
    RowBatch batch = BatchOf({0}, {{std::string(100, 'x')}});
    batch.set_place(place);
    ASSERT_OK(builder.writer().AppendChunk(1, EncodeChunk(batch, {})));
  }
  Buffer archive = builder.Finish();
  ASSERT_OK_AND_ASSIGN(const auto whole, OpenArchive(archive));
  archive[whole->directory().chunks[1].position + 70] ^= 1;
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(archive));
  EXPECT_THAT(Verify(salvaged.archive).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(salvaged.archive));
  EXPECT_THAT(reader->directory().chunks,
              ElementsAre(Field("place", &ChunkRef::place, 9u),
                          Field("place", &ChunkRef::place, 7u)));
}

TEST(Salvage, TheNewArchiveSaysWhatItIs) {
  Buffer archive = SmallArchive();
  archive[ChunkAt(2).position + 70] ^= 1;
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(archive));
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(salvaged.archive));
  EXPECT_EQ(reader->info().salvaged_at, "now");
  EXPECT_EQ(reader->info().database, "shop");
  EXPECT_TRUE(reader->totals(2).incomplete);
  EXPECT_EQ(reader->totals(2).rows_missing, 1u);
  EXPECT_FALSE(reader->totals(3).incomplete);
}

TEST(Salvage, WithoutAFooterEveryTableMayBeIncomplete) {
  const Buffer archive = SmallArchive();
  const Bytes cut = Bytes(archive).first(ChunkAt(2).position + 80);
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(cut));
  EXPECT_THAT(Verify(salvaged.archive).damages, IsEmpty());
  EXPECT_FALSE(salvaged.plan.losses_are_known);
  EXPECT_THAT(salvaged.plan.lost,
              ElementsAre(Lost("table \"public.a\"", 4, std::nullopt)));
  EXPECT_THAT(salvaged.plan.incomplete, SizeIs(2));
  EXPECT_THAT(RowsOfTable(salvaged.archive, "a"), SizeIs(3));
}

TEST(Salvage, EveryTruncationGivesWhatIsWhole) {
  const Buffer archive = SmallArchive();
  for (size_t octets = 0; octets < archive.size(); octets += 11) {
    const auto salvaged = Salvage(Bytes(archive).first(octets));
    if (!salvaged.ok()) continue;
    EXPECT_THAT(Verify(salvaged->archive).damages, IsEmpty()) << octets;
    const size_t rows = RowsOfTable(salvaged->archive, "a").size();
    if (octets >= ChunkAt(1).position) {
      EXPECT_GE(rows, 3u) << octets;
    }
    EXPECT_EQ(rows == 4,
              octets >= ChunkAt(2).position + ChunkAt(2).stored_bytes)
        << octets;
  }
}

TEST(Salvage, NothingIsInventedWhateverOctetIsDamaged) {
  Buffer archive = SmallArchive();
  const std::vector<Row> all = RowsOfTable(archive, "a");
  for (size_t octet = 0; octet < archive.size(); octet += 3) {
    archive[octet] ^= 0x10;
    const auto salvaged = Salvage(archive, "UTF8");
    archive[octet] ^= 0x10;
    if (!salvaged.ok()) continue;
    EXPECT_THAT(Verify(salvaged->archive).damages, IsEmpty()) << octet;
    for (const Row& row : RowsOfTable(salvaged->archive, "a"))
      EXPECT_THAT(all, testing::Contains(row)) << octet;
  }
}

TEST(Salvage, LostEntriesAreCountedAndTheOthersKept) {
  // Each entry in a block of its own; the second is lost.
  Entry b = DataEntry(3, "b", {0});
  b.depends = {1, 2};
  Buffer archive =
      ArchiveBuilder(ArchiveBuilder::kId, /*packed_octets=*/1)
          .Entries({SchemaEntry(1, "s"), DataEntry(2, "a", {0}), b})
          .Chunk(2, {{"one"}, {"two"}, {"three"}})
          .Chunk(3, {{"x"}, {"y"}})
          .Chunk(2, {{"four"}})
          .Finish();
  archive[BlocksOf(archive)[2].header.position() + 70] ^= 1;
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(archive));
  EXPECT_EQ(salvaged.plan.entries_lost, 1u);
  EXPECT_THAT(Verify(salvaged.archive).damages, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(salvaged.archive));
  EXPECT_EQ(reader->info().entries_lost, 1u);
  ASSERT_THAT(reader->entries(), SizeIs(2));
  EXPECT_EQ(reader->entries()[1].name, "b");
  EXPECT_THAT(reader->entries()[1].depends, ElementsAre(1u));
  EXPECT_THAT(RowsOfTable(salvaged.archive, "b"), SizeIs(2));
  EXPECT_THAT(salvaged.plan.lost,
              ElementsAre(Lost("entry 2, which is lost", 1, 3),
                          Lost("entry 2, which is lost", 4, 1)));
}

TEST(Salvage, WithoutAHeaderTheEncodingMustBeNamed) {
  Buffer archive = SmallArchive();
  archive[70] ^= 1;
  EXPECT_THAT(PlanFor(archive), AllOf(FailsWith(Failure::kDamaged),
                                      StatusMessageHas("encoding")));
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(archive, "LATIN1"));
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(salvaged.archive));
  EXPECT_EQ(reader->info().encoding, "LATIN1");
  EXPECT_THAT(salvaged.plan.lost, IsEmpty());
}

TEST(Salvage, WithoutEntriesThereIsNothing) {
  const Buffer archive = SmallArchive();
  const Bytes header =
      Bytes(archive).first(BlocksOf(archive)[1].header.position());
  EXPECT_THAT(PlanFor(header), AllOf(FailsWith(Failure::kDamaged),
                                     StatusMessageHas("no entry is whole")));
}

TEST(Salvage, ChunksThatMovedAreFound) {
  Buffer archive = SmallArchive();
  const auto place =
      archive.begin() + static_cast<ptrdiff_t>(ChunkAt(0).position + 80);
  archive.erase(place, place + 5);
  ASSERT_OK_AND_ASSIGN(const Salvaged salvaged, Salvage(archive));
  EXPECT_THAT(Verify(salvaged.archive).damages, IsEmpty());
  EXPECT_THAT(RowsOfTable(salvaged.archive, "b"), SizeIs(2));
  EXPECT_THAT(RowsOfTable(salvaged.archive, "a"), SizeIs(1));
}

TEST(Salvage, WhatWasIncompleteStaysSo) {
  Buffer archive = SmallArchive();
  archive[ChunkAt(0).position + 70] ^= 1;
  ASSERT_OK_AND_ASSIGN(Salvaged first, Salvage(archive));
  first.archive.push_back(0);
  ASSERT_OK_AND_ASSIGN(const Salvaged second, Salvage(first.archive));
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(second.archive));
  EXPECT_TRUE(reader->totals(2).incomplete);
  EXPECT_FALSE(reader->totals(3).incomplete);
}

}  // namespace
}  // namespace pgbale
