// VerifyArchive, declared in format/archive_reader.h.

#include <algorithm>

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

auto DamageWith(Failure failure, const char* message, uint32_t entry_id = 0) {
  return AllOf(Field("status", &Damage::status,
                     AllOf(FailsWith(failure), StatusMessageHas(message))),
               Field("entry_id", &Damage::entry_id, entry_id));
}
auto Incomplete() {
  return DamageWith(Failure::kIncomplete, "ends without a footer");
}

// Gives an archive as a pipe does: what was released is gone.
class OnceSource : public ForwardSource {
 public:
  explicit OnceSource(Bytes archive) : whole_(MakeMemoryStream(archive)) {}

  absl::StatusOr<size_t> ReadUpTo(uint64_t position,
                                  MutableBytes out) override {
    if (position < released_)
      return MakeError(Failure::kError, "that was released");
    return whole_->ReadUpTo(position, out);
  }
  void Release(uint64_t position) override {
    released_ = std::max(released_, position);
  }
  absl::string_view name() const override { return "pipe"; }

 private:
  const std::unique_ptr<ForwardSource> whole_;
  uint64_t released_ = 0;
};

VerifyReport VerifyPipe(Bytes archive) {
  Progress progress;
  return VerifyArchive(std::make_unique<OnceSource>(archive), 2, progress);
}

std::vector<std::string> Messages(const VerifyReport& report) {
  std::vector<std::string> messages;
  for (const Damage& damage : report.damages) {
    const absl::string_view message = damage.status.message();
    messages.emplace_back(message.substr(message.find(": ")));
  }
  return messages;
}

TEST(Verify, APipeIsJudgedLikeAFile) {
  Buffer archive = SmallArchive();
  EXPECT_THAT(VerifyPipe(archive).damages, IsEmpty());
  for (size_t octet = 0; octet < archive.size(); octet += 7) {
    archive[octet] ^= 4;
    EXPECT_EQ(Messages(VerifyPipe(archive)), Messages(Verify(archive)))
        << "octet " << octet;
    archive[octet] ^= 4;
    const Bytes cut = Bytes(archive).first(octet);
    EXPECT_EQ(Messages(VerifyPipe(cut)), Messages(Verify(cut))) << octet;
  }
}

TEST(Verify, ProgressCountsWhatIsWhole) {
  Progress progress;
  const VerifyReport report =
      VerifyArchive(std::make_unique<OnceSource>(SmallArchive()), 2, progress);
  EXPECT_EQ(progress.rows, report.rows);
  EXPECT_EQ(progress.raw_bytes, report.raw_bytes);
}

TEST(Verify, AWholeArchiveHasNoDamage) {
  const VerifyReport report = Verify(SmallArchive(), /*workers=*/2);
  EXPECT_THAT(report.damages, IsEmpty());
  EXPECT_EQ(report.blocks, BlocksOf(SmallArchive()).size());
  EXPECT_EQ(report.chunks, 3u);
  EXPECT_EQ(report.rows, 6u);
}

TEST(Verify, AnEmptyArchiveHasNoDamage) {
  EXPECT_THAT(Verify(ArchiveBuilder().Entries({}).Finish()).damages, IsEmpty());
}

TEST(Verify, EveryFlippedBitIsFound) {
  Buffer archive = SmallArchive();
  for (size_t bit = 0; bit < archive.size() * 8; ++bit) {
    const uint8_t mask = static_cast<uint8_t>(1u << bit % 8);
    archive[bit / 8] ^= mask;
    EXPECT_THAT(Verify(archive).damages, Not(IsEmpty())) << "bit " << bit;
    archive[bit / 8] ^= mask;
  }
}

TEST(Verify, EveryTruncationIsIncomplete) {
  const Buffer archive = SmallArchive();
  for (size_t octets = 0; octets < archive.size(); ++octets) {
    const VerifyReport report = Verify(Bytes(archive).first(octets));
    ASSERT_THAT(report.damages, Not(IsEmpty())) << octets;
    EXPECT_THAT(report.damages.back().status, FailsWith(Failure::kIncomplete))
        << octets;
  }
}

TEST(Verify, WhatIsLeftOfAnIncompleteArchiveIsChecked) {
  const Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  const ChunkRef last = reader->directory().chunks.back();
  const VerifyReport report = Verify(Bytes(archive).first(last.position));
  EXPECT_THAT(report.damages, ElementsAre(Incomplete()));
  EXPECT_EQ(report.chunks, 2u);
}

TEST(Verify, ADamagedChunkIsReportedWithItsTableAndNothingElse) {
  Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  archive[reader->directory().chunks[1].position + 70] ^= 1;
  EXPECT_THAT(Verify(archive).damages,
              ElementsAre(DamageWith(Failure::kDamaged,
                                     "table \"public.b\": chunk block", 3)));
}

TEST(Verify, AllDamagesAreReported) {
  Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  for (const ChunkRef& chunk : reader->directory().chunks)
    archive[chunk.position + BlockHeader::kSize] ^= 1;
  EXPECT_THAT(Verify(archive, 3).damages, SizeIs(3));
}

TEST(Verify, AChunkWithoutItsHeaderIsNamedByTheDirectory) {
  Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  archive[reader->directory().chunks[0].position] ^= 1;
  EXPECT_THAT(Verify(archive).damages,
              Contains(DamageWith(Failure::kDamaged, "table \"public.a\"", 2)));
}

TEST(Verify, ALostBlockIsReportedOnceAndTheRestIsChecked) {
  std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(SmallArchive()));
  const ChunkRef lost = reader->directory().chunks[1];
  blocks.erase(blocks.begin() + static_cast<ptrdiff_t>(lost.ordinal));
  const VerifyReport report = Verify(ArchiveOf(blocks));
  EXPECT_THAT(report.damages,
              ElementsAre(DamageWith(Failure::kDamaged, "stands where block"),
                          DamageWith(Failure::kDamaged, "but not found", 3)));
  EXPECT_EQ(report.chunks, 2u);
}

TEST(Verify, EveryRearrangementIsFound) {
  const std::vector<RawBlock> whole = BlocksOf(SmallArchive());
  for (size_t i = 0; i < whole.size(); ++i) {
    for (size_t j = 0; j < whole.size(); ++j) {
      std::vector<RawBlock> blocks = whole;
      blocks.insert(blocks.begin() + static_cast<ptrdiff_t>(j), whole[i]);
      EXPECT_THAT(Verify(ArchiveOf(blocks)).damages, Not(IsEmpty()));
      blocks = whole;
      std::swap(blocks[i], blocks[j]);
      if (i == j) continue;
      EXPECT_THAT(Verify(ArchiveOf(blocks)).damages, Not(IsEmpty()));
    }
  }
}

TEST(Verify, ABlockOfAnotherArchiveIsFound) {
  const std::vector<RawBlock> others = BlocksOf(SmallArchive(/*id=*/4711));
  for (size_t i = 0; i < others.size(); ++i) {
    std::vector<RawBlock> blocks = BlocksOf(SmallArchive());
    blocks[i] = others[i];
    EXPECT_THAT(Verify(ArchiveOf(blocks)).damages, Not(IsEmpty())) << i;
  }
}

TEST(Verify, OctetsBehindTheFooterAreCounted) {
  Buffer archive = SmallArchive();
  archive.insert(archive.end(), 100, 'x');
  EXPECT_THAT(Verify(archive).damages,
              ElementsAre(DamageWith(Failure::kDamaged,
                                     "100 octets follow the footer")));
}

TEST(Verify, LostOctetsInAPayloadDoNotHideTheNextBlock) {
  Buffer archive = SmallArchive();
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(archive));
  const auto begin =
      archive.begin() +
      static_cast<ptrdiff_t>(reader->directory().chunks[1].position + 64 + 3);
  archive.erase(begin, begin + 5);
  EXPECT_EQ(Verify(archive).chunks, 2u);
}

TEST(Verify, RowsThatDoNotMatchTheirDigestAreFound) {
  RowBatch batch = BatchOf({0}, {{"a"}, {"b"}});
  batch.SetTotals(2, batch.raw_bytes(), Digest{1, 2});
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0})});
  ASSERT_OK(builder.writer().AppendChunk(1, EncodeChunk(batch, {})));
  EXPECT_THAT(Verify(builder.Finish()).damages,
              ElementsAre(DamageWith(Failure::kDamaged,
                                     "its rows do not match their digest", 1)));
}

// A whole chunk but for one thing that its head says.
Buffer ArchiveWithHead(void (*change)(ChunkHead&)) {
  Random random(1);
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i)
    rows.push_back({ToString(random.Octets(100 + i))});
  EncodedChunk chunk = EncodeChunk(BatchOf({0}, rows), {});
  absl::StatusOr<SplitChunk> split = DecodeChunkHead(chunk.payload);
  EXPECT_OK(split);
  const Buffer body(split->body.begin(), split->body.end());
  change(split->head);
  chunk.payload.clear();
  EncodeChunkHead(split->head, chunk.payload);
  Append(chunk.payload, body);
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {0})});
  EXPECT_OK(builder.writer().AppendChunk(1, chunk));
  return builder.Finish();
}

TEST(Verify, AColumnThatDoesNotMatchItsOwnHashIsFound) {
  EXPECT_THAT(Verify(ArchiveWithHead([](ChunkHead&) {})).damages, IsEmpty());
  EXPECT_THAT(Verify(ArchiveWithHead([](ChunkHead& head) {
                ++head.columns[0].hash;
              })).damages,
              Contains(DamageWith(Failure::kDamaged,
                                  "column 1: its checksum does not match", 1)));
}

TEST(Verify, AHeadThatTheDirectoryDoesNotKnowIsFound) {
  // Reading columns one by one needs no such hash, but who has one is held to
  // it.
  EXPECT_THAT(Verify(ArchiveWithHead([](ChunkHead& head) {
                head.columns[0].hash = 0;
              })).damages,
              Contains(DamageWith(Failure::kDamaged,
                                  "not what the directory says", 1)));
}

TEST(Verify, UnknownBlocksAreCheckedAndSkipped) {
  std::vector<RawBlock> blocks =
      BlocksOf(ArchiveBuilder().Entries({SchemaEntry(1, "s")}).Finish());
  blocks.insert(blocks.begin() + 1, UnknownBlock(0));
  Buffer archive = Rewrite(blocks);
  EXPECT_THAT(Verify(archive).damages, IsEmpty());
  archive[blocks[0].payload.size() + 2 * BlockHeader::kSize + 3] ^= 1;
  EXPECT_THAT(Verify(archive).damages,
              ElementsAre(DamageWith(Failure::kDamaged, "unknown block 1")));
}

TEST(Verify, WhatIsNoBaleIsNamed) {
  EXPECT_THAT(
      Verify(AsBytes("PGDMP\1\17\0")).damages,
      ElementsAre(DamageWith(Failure::kError, "pg_dump custom archive")));
}

TEST(Verify, ManyWorkersFindTheSame) {
  ArchiveBuilder builder;
  builder.Entries({DataEntry(1, "t", {8, 0})});
  for (uint64_t i = 0; i < 200; ++i)
    builder.Chunk(1, {{Octets(i), absl::StrCat("row ", i)}});
  const VerifyReport report = Verify(builder.Finish(), 8);
  EXPECT_THAT(report.damages, IsEmpty());
  EXPECT_EQ(report.rows, 200u);
}

}  // namespace
}  // namespace pgbale
