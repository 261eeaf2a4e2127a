#include "format/typed_column.h"

#include "absl/strings/str_cat.h"
#include "format/chunk.h"
#include "format/chunk_head.h"
#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::ElementsAre;

constexpr uint32_t kInteger = 23, kNumeric = 1700, kTimestamp = 1114,
                   kText = 25, kDoubles = 1022, kBits = 1562, kNumerics = 1231;

// A plan for columns of text, of these types.
ChunkPlan TextPlan(const std::vector<uint32_t>& type_oids) {
  TableData data;
  data.format = WireFormat::kText;
  for (const uint32_t oid : type_oids)
    data.columns.push_back({.name = "c", .type = "t", .type_oid = oid});
  return PlanFor(data);
}

struct Encoded {
  EncodedChunk chunk;
  ChunkHead head;
};

Encoded Encode(const std::vector<uint32_t>& type_oids,
               const std::vector<Row>& rows) {
  ChunkPlan plan = TextPlan(type_oids);
  Encoded encoded{
      EncodeChunk(BatchOf(Widths(type_oids.size()), rows), {}, plan), {}};
  absl::StatusOr<SplitChunk> split = DecodeChunkHead(encoded.chunk.payload);
  EXPECT_OK(split);
  if (split.ok()) encoded.head = split->head;
  return encoded;
}

// The type that the only column is stored in; 0: as text.
uint32_t TypeOf(const Encoded& encoded) {
  const auto& typed = encoded.head.columns.at(0).typed;
  return typed.has_value() ? typed->type_oid : 0;
}

uint32_t StoredAs(uint32_t type_oid, const std::vector<std::string>& texts) {
  std::vector<Row> rows;
  for (const std::string& text : texts) rows.emplace_back(1, text);
  const Encoded encoded = Encode({type_oid}, rows);
  absl::StatusOr<RowBatch> batch =
      DecodeChunk(encoded.chunk.payload, Widths{0});
  EXPECT_OK(batch);
  if (batch.ok()) {
    EXPECT_EQ(RowsOf(*batch), rows);
  }
  return TypeOf(encoded);
}

TEST(TypedColumn, TextThatPrintsBackIsStoredInItsType) {
  EXPECT_EQ(StoredAs(kInteger, {"1", "-2147483648", "0"}), kInteger);
  EXPECT_EQ(StoredAs(kNumeric, {"1.50", "NaN", "-0.001"}), kNumeric);
  EXPECT_EQ(StoredAs(kTimestamp, {"2024-02-29 12:00:00.5", "infinity"}),
            kTimestamp);
  EXPECT_EQ(StoredAs(kDoubles, {"{1.5,NULL,-0}", "{}"}), kDoubles);
  EXPECT_EQ(StoredAs(kBits, {"", ""}), kBits);
}

TEST(TypedColumn, OneTextThatDoesNotPrintBackKeepsAllAsTheyAre) {
  EXPECT_EQ(StoredAs(kInteger, {"1", "2", "03"}), 0u);
  EXPECT_EQ(StoredAs(kInteger, {"1", "2147483648"}), 0u);
  EXPECT_EQ(StoredAs(kNumeric, {"1e5"}), 0u);
  EXPECT_EQ(StoredAs(kTimestamp, {"29.02.2024 12:00:00"}), 0u);
  EXPECT_EQ(StoredAs(kDoubles, {"{1.50}"}), 0u);
}

TEST(TypedColumn, WhatGainsNothingOrCouldExplodeStaysText) {
  EXPECT_EQ(StoredAs(kText, {"1"}), 0u);
  EXPECT_EQ(StoredAs(kNumerics, {"{1}"}), 0u);
  EXPECT_EQ(StoredAs(0, {"1"}), 0u);
  EXPECT_EQ(FindTypedType(kNumerics), nullptr);
}

TEST(TypedColumn, NullsAndTotalsSurvive) {
  const std::vector<Row> rows = {{kNull, "x"}, {"17", kNull}, {kNull, ""}};
  const Encoded encoded = Encode({kInteger, kText}, rows);
  EXPECT_EQ(TypeOf(encoded), kInteger);
  ASSERT_OK_AND_ASSIGN(const RowBatch batch,
                       DecodeChunk(encoded.chunk.payload, Widths{0, 0}));
  EXPECT_EQ(RowsOf(batch), rows);
  EXPECT_EQ(batch.digest(), encoded.chunk.digest);
  EXPECT_EQ(batch.raw_bytes(), encoded.chunk.raw_bytes);
}

TEST(TypedColumn, TheBinaryFormCanBeHadToo) {
  const std::vector<Row> rows = {{"7", "x"}, {kNull, "y"}};
  const Encoded encoded = Encode({kInteger, kText}, rows);
  ASSERT_OK_AND_ASSIGN(const TypedRows typed,
                       DecodeTypedChunk(encoded.chunk.payload, Widths{0, 0}));
  EXPECT_THAT(typed.type_oids, ElementsAre(kInteger, 0u));
  EXPECT_EQ(typed.batch.columns()[0].width(), 4u);
  EXPECT_EQ(RowsOf(typed.batch),
            (std::vector<Row>{{Octets(7), "x"}, {kNull, "y"}}));
}

TEST(TypedColumn, WhatDidNotFitIsNotTriedForEachChunk) {
  ChunkPlan plan = TextPlan({kInteger});
  const RowBatch bad = BatchOf({0}, {{"01"}}), good = BatchOf({0}, {{"1"}});
  const auto is_typed = [&](const RowBatch& batch) {
    const EncodedChunk chunk = EncodeChunk(batch, {}, plan);
    return DecodeChunkHead(chunk.payload)->head.columns[0].typed.has_value();
  };
  EXPECT_TRUE(is_typed(good));
  EXPECT_FALSE(is_typed(bad));
  EXPECT_FALSE(is_typed(good));
  // But again with the next plan.
  int untyped = 0;
  while (!is_typed(good) && untyped < 1000) ++untyped;
  EXPECT_EQ(untyped, 29);
}

TEST(TypedColumn, OfBinaryEntriesStayAsTheyAre) {
  TableData data;
  data.format = WireFormat::kBinary;
  data.columns.push_back(
      {.name = "c", .type = "numeric", .type_oid = kNumeric});
  ChunkPlan plan = PlanFor(data);
  const EncodedChunk chunk = EncodeChunk(BatchOf({0}, {{"12"}}), {}, plan);
  ASSERT_OK_AND_ASSIGN(const SplitChunk split, DecodeChunkHead(chunk.payload));
  EXPECT_FALSE(split.head.columns[0].typed.has_value());
}

// A chunk of one column of integers as texts, with another head.
absl::Status DecodeBy(void (*change)(ColumnHead&), uint32_t width = 0) {
  const Encoded encoded = Encode({kInteger}, {{"123"}, {"4"}});
  absl::StatusOr<SplitChunk> split = DecodeChunkHead(encoded.chunk.payload);
  EXPECT_OK(split);
  change(split->head.columns[0]);
  Buffer payload;
  EncodeChunkHead(split->head, payload);
  Append(payload, split->body);
  return DecodeChunk(payload, {width}).status();
}

TEST(TypedColumn, TextsThatDoNotAddUpAreDamage) {
  EXPECT_OK(DecodeBy([](ColumnHead&) {}));
  EXPECT_THAT(DecodeBy([](ColumnHead& head) { head.typed->text_octets = 3; }),
              StatusMessageHas("longer than they should be"));
  EXPECT_THAT(DecodeBy([](ColumnHead& head) { head.typed->text_octets = 5; }),
              StatusMessageHas("shorter than they should be"));
  EXPECT_THAT(DecodeBy([](ColumnHead& head) {
                head.typed->text_octets = uint64_t{1} << 31;
              }),
              StatusMessageHas("above the limit"));
  EXPECT_THAT(DecodeBy([](ColumnHead&) {}, 4), FailsWith(Failure::kDamaged));
}

TEST(TypedColumn, OfATypeThatIsNotKnownIsRefused) {
  EXPECT_THAT(DecodeBy([](ColumnHead& head) { head.typed->type_oid = 99999; }),
              StatusMessageHas("its type 99999 is unknown"));
  EXPECT_THAT(
      DecodeBy([](ColumnHead& head) { head.typed->type_oid = kNumerics; }),
      StatusMessageHas("its type 1231 is unknown"));
  EXPECT_THAT(
      DecodeBy([](ColumnHead& head) { head.typed->type_oid = kTimestamp; }),
      StatusMessageHas("the width is 4 instead of 8"));
}

TEST(TypedColumn, AValueThatIsNoneOfItsTypeIsDamage) {
  Column column(0);
  column.Append(AsBytes("abc"));
  EXPECT_THAT(ToText(std::move(column), *FindTypedType(kNumeric), 10),
              StatusMessageHas("a value is no numeric"));
}

TEST(TypedColumn, RangesAreThoseOfTheStoredForm) {
  std::vector<Row> rows;
  for (int i = 0; i < 3000; ++i)
    rows.push_back({absl::StrCat(i), absl::StrCat("text ", i)});
  const Encoded encoded = Encode({kInteger, kText}, rows);
  const auto& columns = encoded.head.columns;
  EXPECT_EQ(columns[0].range,
            (ValueRange{ValueOrder::kInteger, Octets(0), Octets(2999), false}));
  EXPECT_EQ(columns[1].range,
            (ValueRange{ValueOrder::kOctets, "text 0", "text 999", false}));
  EXPECT_NE(columns[0].hash, 0u);
}

}  // namespace
}  // namespace pgbale
