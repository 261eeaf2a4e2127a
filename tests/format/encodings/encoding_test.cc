#include "format/encodings/encoding.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::IsEmpty;

constexpr uint32_t kAbsent = 0, kConstant = 1, kPlain = 2, kTransposed = 3,
                   kVariable = 4;

Column ColumnOf(uint32_t width, const std::vector<Value>& values) {
  std::vector<Row> rows;
  for (const Value& value : values) rows.push_back({value});
  return BatchOf({width}, rows).columns()[0];
}

// `count` values of `width`, each by its number.
Column Numbered(uint32_t width, size_t count,
                std::string (*value)(size_t number)) {
  std::vector<Value> values;
  for (size_t i = 0; i < count; ++i) values.push_back(value(i));
  return ColumnOf(width, values);
}

std::string Ascending(size_t number) {
  return Octets(static_cast<int32_t>(1'000'000 + number));
}

std::string Scattered(size_t number) {
  const uint64_t hash = Hash64(AsBytes(Octets(number)));
  return Octets(hash);
}

// The ids of the encodings that can hold `column`.
std::vector<uint32_t> FittingIds(const Column& column) {
  std::vector<uint32_t> ids;
  for (uint32_t id = 0; FindEncoding(id) != nullptr; ++id) {
    if (FindEncoding(id)->FitOf(column) != Encoding::Fit::kNone)
      ids.push_back(id);
  }
  return ids;
}

// Encodes and decodes with every encoding that fits.
void ExpectRoundTrips(const Column& column) {
  for (const uint32_t id : FittingIds(column)) {
    Buffer body;
    StreamWriter out(1, body);
    FindEncoding(id)->Encode(column, out);
    StreamReader in(out.streams(), body);
    const ColumnShape shape{.width = column.width(),
                            .count = column.rows() - column.nulls(),
                            .value_octets = column.values().size()};
    ASSERT_OK_AND_ASSIGN(const ColumnValues values,
                         FindEncoding(id)->Decode(shape, in));
    EXPECT_OK(in.Finish());
    EXPECT_EQ(AsText(values.values), AsText(column.values())) << id;
    EXPECT_EQ(absl::MakeConstSpan(values.lengths), column.lengths()) << id;
  }
}

TEST(Encodings, HoldWhatFitsThem) {
  Random random;
  for (const uint32_t width : {0, 1, 2, 3, 4, 8, 16, 17}) {
    for (const size_t count : {0, 1, 2, 16, 17, 300}) {
      const RowBatch batch =
          BatchOf({width}, RandomRows(random, {width}, count));
      ExpectRoundTrips(batch.columns()[0]);
    }
  }
}

TEST(Encodings, AColumnWithoutValuesIsAbsent) {
  EXPECT_EQ(ChooseEncoding(ColumnOf(4, {}), 1).id, kAbsent);
  EXPECT_EQ(ChooseEncoding(ColumnOf(0, {kNull, kNull}), 1).id, kAbsent);
}

TEST(Encodings, OneValueAgainAndAgainIsConstant) {
  EXPECT_EQ(ChooseEncoding(ColumnOf(0, {"ab", kNull, "ab"}), 1).id, kConstant);
  EXPECT_EQ(ChooseEncoding(ColumnOf(2, {"ab", "ab"}), 1).id, kConstant);
  EXPECT_EQ(ChooseEncoding(ColumnOf(0, {"", ""}), 1).id, kConstant);
}

TEST(Encodings, ValuesThatDifferSomewhereAreNotConstant) {
  EXPECT_NE(ChooseEncoding(ColumnOf(0, {"ab", "abab"}), 1).id, kConstant);
  EXPECT_NE(ChooseEncoding(ColumnOf(0, {"aba", "b", "ab"}), 1).id, kConstant);
  EXPECT_NE(ChooseEncoding(ColumnOf(2, {"ab", "ab", "ac"}), 1).id, kConstant);
}

TEST(Encodings, AscendingNumbersAreTransposed) {
  EXPECT_EQ(ChooseEncoding(Numbered(4, 5000, Ascending), 1).id, kTransposed);
}

TEST(Encodings, WhatDoesNotCompressStaysPlain) {
  EXPECT_EQ(ChooseEncoding(Numbered(8, 5000, Scattered), 1).id, kPlain);
}

TEST(Encodings, WithoutCompressionNothingIsTransposed) {
  EXPECT_EQ(ChooseEncoding(Numbered(4, 5000, Ascending), 0).id, kPlain);
}

TEST(Encodings, TextIsVariable) {
  EXPECT_EQ(ChooseEncoding(ColumnOf(0, {"a", "bc"}), 1).id, kVariable);
}

// What encoding `id` says of `streams` of zeros for `shape`.
absl::Status DecodeZeros(uint32_t id, const ColumnShape& shape,
                         const std::vector<uint64_t>& streams) {
  std::vector<StreamInfo> infos;
  for (const uint64_t octets : streams)
    infos.push_back({Method::kStored, octets, octets});
  const Buffer body(1000, 0);
  StreamReader in(infos, body);
  return FindEncoding(id)->Decode(shape, in).status();
}

TEST(Encodings, StreamsThatDoNotFitTheShapeAreDamage) {
  const ColumnShape fixed{.width = 4, .count = 2, .value_octets = 8};
  const ColumnShape odd{.width = 3, .count = 2, .value_octets = 6};
  const ColumnShape text{.width = 0, .count = 2, .value_octets = 8};
  const ColumnShape uneven{.width = 0, .count = 2, .value_octets = 7};
  EXPECT_OK(DecodeZeros(kPlain, fixed, {8}));
  EXPECT_OK(DecodeZeros(kTransposed, fixed, {8}));
  EXPECT_OK(DecodeZeros(kConstant, fixed, {4}));
  EXPECT_OK(DecodeZeros(kConstant, text, {4}));
  EXPECT_FALSE(DecodeZeros(kAbsent, fixed, {}).ok());
  EXPECT_FALSE(DecodeZeros(kConstant, fixed, {8}).ok());
  EXPECT_FALSE(DecodeZeros(kConstant, uneven, {3}).ok());
  EXPECT_FALSE(DecodeZeros(kConstant, ColumnShape(), {0}).ok());
  EXPECT_FALSE(DecodeZeros(kPlain, fixed, {7}).ok());
  EXPECT_FALSE(DecodeZeros(kPlain, text, {8}).ok());
  EXPECT_FALSE(DecodeZeros(kTransposed, odd, {6}).ok());
  EXPECT_FALSE(DecodeZeros(kTransposed, text, {8}).ok());
  EXPECT_FALSE(DecodeZeros(kVariable, fixed, {8, 8}).ok());
  EXPECT_THAT(DecodeZeros(kVariable, text, {8, 8}),
              StatusMessageHas("do not add up"));
  EXPECT_THAT(DecodeZeros(kVariable, text, {8}), FailsWith(Failure::kDamaged));
}

TEST(Encodings, LengthsWhoseSumOverflowsAreDamage) {
  const Buffer body(8, 0xff);
  const std::vector<StreamInfo> infos = {{Method::kStored, 8, 8}};
  StreamReader in(infos, body);
  EXPECT_THAT(FindEncoding(kVariable)->Decode(
                  {.width = 0, .count = 2, .value_octets = 0xfffffffe}, in),
              StatusMessageHas("do not add up"));
}

TEST(Encodings, AnUnknownIdIsNone) { EXPECT_EQ(FindEncoding(99), nullptr); }

}  // namespace
}  // namespace pgbale
