#include "format/chunk.h"

#include "format/chunk_head.h"
#include "tests/format/archives.h"
#include "tests/support/memory.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAreArray;

// Encodes and decodes `rows`.
absl::StatusOr<RowBatch> RoundTrip(const Widths& widths,
                                   const std::vector<Row>& rows, int level) {
  return DecodeChunk(EncodeChunk(BatchOf(widths, rows), {level}).payload,
                     widths);
}

TEST(Chunk, RandomRowsSurviveAtEveryLevel) {
  Random random;
  const Widths widths = {0, 1, 2, 4, 8, 16, 3, 12, 0};
  for (int level = 0; level <= 6; ++level) {
    for (const size_t count : {0, 1, 2, 7, 8, 9, 1000}) {
      const std::vector<Row> rows = RandomRows(random, widths, count);
      ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                           RoundTrip(widths, rows, level));
      EXPECT_THAT(RowsOf(batch), ElementsAreArray(rows));
    }
  }
}

TEST(Chunk, TotalsSurvive) {
  const RowBatch batch = BatchOf({0, 4}, {{"a", Octets(1)}, {kNull, kNull}});
  const EncodedChunk chunk = EncodeChunk(batch, {});
  EXPECT_EQ(chunk.rows, 2u);
  EXPECT_EQ(chunk.raw_bytes, batch.raw_bytes());
  EXPECT_EQ(chunk.digest, batch.digest());
  ASSERT_OK_AND_ASSIGN(const RowBatch decoded,
                       DecodeChunk(chunk.payload, Widths{0, 4}));
  EXPECT_EQ(decoded.rows(), 2u);
  EXPECT_EQ(decoded.raw_bytes(), batch.raw_bytes());
  EXPECT_EQ(decoded.digest(), batch.digest());
}

TEST(Chunk, APlaceSurvives) {
  RowBatch batch = BatchOf({4}, {{Octets(1)}});
  batch.set_place(77);
  const EncodedChunk chunk = EncodeChunk(batch, {});
  EXPECT_EQ(chunk.place, 77u);
  ASSERT_OK_AND_ASSIGN(const RowBatch decoded,
                       DecodeChunk(chunk.payload, Widths{4}));
  EXPECT_EQ(decoded.place(), 77u);
  batch.Clear();
  EXPECT_EQ(batch.place(), 0u);
}

// As large as a row can be it must not be in memory again and again.
TEST(Chunk, AGiantValueIsEncodedInItsOwnMemoryOnce) {
  Random random;
  constexpr size_t kOctets = 80 << 20;
  const std::string value = ToString(random.Octets(kOctets));
  const RowBatch batch = BatchOf({4, 0}, {{Octets(int32_t{1}), value}});
  const PeakMemory memory;
  const EncodedChunk chunk = EncodeChunk(batch, {});
  EXPECT_LT(memory.octets(), kOctets + kOctets / 8);
  ASSERT_OK_AND_ASSIGN(const RowBatch decoded,
                       DecodeChunk(chunk.payload, Widths{4, 0}));
  EXPECT_EQ(AsText(decoded.columns()[1].values()), value);
}

TEST(Chunk, ATableWithoutColumnsHasRows) {
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       RoundTrip({}, {Row(), Row(), Row()}, 1));
  EXPECT_EQ(batch.rows(), 3u);
}

TEST(Chunk, ColumnsThatSayLittleTakeLittle) {
  const std::vector<Row> rows(
      100'000, Row{Octets(int64_t{5}), kNull, "the same text", ""});
  const EncodedChunk chunk = EncodeChunk(BatchOf({8, 8, 0, 0}, rows), {0});
  EXPECT_LT(chunk.payload.size(), 150u);
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       DecodeChunk(chunk.payload, Widths{8, 8, 0, 0}));
  EXPECT_EQ(RowsOf(batch), rows);
}

TEST(Chunk, LevelZeroStoresEveryStream) {
  Random random;
  const EncodedChunk chunk =
      EncodeChunk(BatchOf({0}, RandomRows(random, {0}, 99)), {0});
  ASSERT_OK_AND_ASSIGN(const SplitChunk split, DecodeChunkHead(chunk.payload));
  for (const StreamInfo& stream : split.head.columns[0].streams)
    EXPECT_EQ(stream.method, Method::kStored);
}

TEST(Chunk, OtherWidthsAreDamageThatNamesTheColumn) {
  const EncodedChunk chunk =
      EncodeChunk(BatchOf({4, 0}, {{Octets(1), "a"}}), {});
  EXPECT_THAT(DecodeChunk(chunk.payload, Widths{4, 4}),
              StatusMessageHas("column 2: the width is 0 instead of 4"));
  EXPECT_THAT(DecodeChunk(chunk.payload, Widths{4}),
              StatusMessageHas("2 columns instead of 1"));
}

// A chunk of one column whose head and streams are made by hand.
absl::Status DecodeBy(void (*change)(ChunkHead&, Buffer& body)) {
  ChunkHead head{.rows = 3, .raw_octets = 9, .digest = {}, .columns = {}};
  head.columns.push_back(
      {.encoding = 2,  // plain
       .width = 4,
       .nulls = 1,
       .value_octets = 0,
       .streams = {{Method::kStored, 1, 1}, {Method::kStored, 8, 8}}});
  Buffer body(9, 0);
  body[0] = 0b010;
  change(head, body);
  Buffer payload;
  EncodeChunkHead(head, payload);
  Append(payload, body);
  return DecodeChunk(payload, Widths{4}).status();
}

TEST(Chunk, MadeByHandIsRead) {
  EXPECT_OK(DecodeBy([](ChunkHead&, Buffer&) {}));
}

TEST(Chunk, NullsThatDoNotAddUpAreDamage) {
  EXPECT_THAT(DecodeBy([](ChunkHead&, Buffer& body) { body[0] = 0b110; }),
              StatusMessageHas("column 1: 2 NULLs are marked instead of 1"));
  EXPECT_THAT(DecodeBy([](ChunkHead&, Buffer& body) { body[0] = 0b1000; }),
              StatusMessageHas("behind the last row"));
  EXPECT_THAT(
      DecodeBy([](ChunkHead& head, Buffer&) { head.columns[0].nulls = 4; }),
      StatusMessageHas("more NULLs than rows"));
}

TEST(Chunk, AnUnknownEncodingOrMethodIsRefused) {
  EXPECT_THAT(
      DecodeBy([](ChunkHead& head, Buffer&) { head.columns[0].encoding = 99; }),
      StatusMessageHas("encoding 99 is unknown"));
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) {
                head.columns[0].streams[0].method = static_cast<Method>(9);
              }),
              StatusMessageHas("compression method 9 is unknown"));
}

TEST(Chunk, StreamsMustBeAsManyAndAsLongAsTheColumnNeeds) {
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer& body) {
                head.columns[0].streams.pop_back();
                body.resize(1);
              }),
              StatusMessageHas("a stream is missing"));
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) {
                head.columns[0].streams.push_back({});
              }),
              StatusMessageHas("a stream too many"));
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) { head.rows = 4; }),
              StatusMessageHas("a stream is of 8 octets instead of 12"));
}

TEST(Chunk, EveryOctetOfTheBodyBelongsToAStream) {
  EXPECT_THAT(DecodeBy([](ChunkHead&, Buffer& body) { body.push_back(0); }),
              StatusMessageHas("1 octets follow the last stream"));
  EXPECT_THAT(DecodeBy([](ChunkHead&, Buffer& body) { body.pop_back(); }),
              StatusMessageHas("beyond the end of the payload"));
}

TEST(Chunk, HostileNumbersAreRefusedBeforeAnythingIsAllocated) {
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) { head.rows = ~0u; }),
              StatusMessageHas("above the limit"));
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) {
                head.rows = 1 << 30;
                head.columns[0].width = ~0u;
              }),
              StatusMessageHas("above the limit"));
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) {
                head.columns[0].streams[1].raw_octets = ~uint64_t{0};
              }),
              FailsWith(Failure::kDamaged));
  EXPECT_THAT(DecodeBy([](ChunkHead& head, Buffer&) {
                head.columns[0].streams[1].stored_octets = ~uint64_t{0} - 1;
              }),
              FailsWith(Failure::kDamaged));
}

TEST(Chunk, ManyConstantColumnsDoNotExpandBeyondTheLimit) {
  ChunkHead head{.rows = 1 << 24, .raw_octets = 1, .digest = {}, .columns = {}};
  const Widths widths(10, 16);
  for (size_t i = 0; i < widths.size(); ++i) {
    head.columns.push_back({.encoding = 1,
                            .width = 16,
                            .nulls = 0,
                            .value_octets = 0,
                            .streams = {{Method::kStored, 16, 16}}});
  }
  Buffer payload;
  EncodeChunkHead(head, payload);
  payload.resize(payload.size() + 160);
  EXPECT_THAT(DecodeChunk(payload, widths),
              StatusMessageHas("above the limit of 2147483648 octets"));
}

TEST(Chunk, EveryTruncationIsDamage) {
  Random random;
  const Widths widths = {0, 4};
  const Buffer payload =
      EncodeChunk(BatchOf(widths, RandomRows(random, widths, 50)), {}).payload;
  for (size_t octets = 0; octets < payload.size(); ++octets) {
    EXPECT_THAT(DecodeChunk(Bytes(payload).first(octets), widths),
                FailsWith(Failure::kDamaged));
  }
}

TEST(Chunk, RandomDamageNeverCrashes) {
  Random random;
  const Widths widths = {0, 4, 8, 1};
  const Buffer whole =
      EncodeChunk(BatchOf(widths, RandomRows(random, widths, 60)), {}).payload;
  for (int i = 0; i < 20'000; ++i) {
    Buffer payload = whole;
    for (uint64_t flips = random.Below(4); flips <= 4; ++flips) {
      const size_t front = random.OneIn(2) ? 60 : payload.size();
      payload[random.Below(front)] = static_cast<uint8_t>(random.Next());
    }
    DecodeChunk(payload, widths).status().IgnoreError();
  }
}

// A plan serves many tables: what few rows told must not last for many.
TEST(Chunk, PlanOfFewRowsIsRenewedForMany) {
  std::vector<Row> equal, different;
  for (uint32_t i = 0; i < 8; ++i) equal.push_back({Octets(7)});
  for (uint32_t i = 0; i < 33; ++i) different.push_back({Octets(i)});
  ChunkPlan plan;
  EncodeChunk(BatchOf({4}, equal), {}, plan);
  EXPECT_EQ(plan.chosen_from, 8u);
  different.resize(32);
  EncodeChunk(BatchOf({4}, different), {}, plan);
  EXPECT_EQ(plan.chosen_from, 8u);
  different.push_back({Octets(99)});
  EncodeChunk(BatchOf({4}, different), {}, plan);
  EXPECT_EQ(plan.chosen_from, 33u);
}

// Ranges come from the dictionary where there is one, and that of the chunk
// before is in the plan.
TEST(Chunk, RangesAreThoseOfItsOwnValues) {
  Random random;
  constexpr uint32_t kInteger = 23;  // the type's OID
  ChunkPlan plan{.meanings = {{kInteger, WireFormat::kBinary}}};
  for (int i = 0; i < 30; ++i) {
    const uint64_t first = random.Below(1000000);
    const uint64_t values = random.OneIn(5) ? 1 : 100;
    std::vector<Row> rows;
    for (int row = 0; row < 20000; ++row) {
      const uint32_t value =
          static_cast<uint32_t>(first + random.Below(values));
      uint8_t octets[4];
      StoreBig(octets, value);
      rows.push_back({std::string(octets, octets + 4)});
    }
    const RowBatch batch = BatchOf({4}, rows);
    ASSERT_OK_AND_ASSIGN(
        const ChunkFront front,
        DecodeChunkFront(EncodeChunk(batch, {}, plan).payload));
    const auto range = RangeOf(batch.columns()[0], ValueOrder::kInteger);
    ASSERT_TRUE(range.has_value());
    EXPECT_EQ(front.head.columns[0].range, range);
  }
}

}  // namespace
}  // namespace pgbale
