#include "format/encodings/encoding.h"

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "tests/format/encodings/columns.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::IsEmpty;

std::string Ascending(size_t number) {
  return Octets(static_cast<int32_t>(1'000'000 + number));
}

std::string Scattered(size_t number) {
  const uint64_t hash = Hash64(AsBytes(Octets(number)));
  return Octets(hash);
}

TEST(Encodings, HoldWhatFitsThem) {
  Random random;
  for (const uint32_t width : {0, 1, 2, 3, 4, 8, 16, 17}) {
    for (const size_t count : {0, 1, 2, 16, 17, 300}) {
      const RowBatch batch =
          BatchOf({width}, RandomRows(random, {width}, count));
      for (uint32_t id = 0; id < kEncodings; ++id)
        RoundTrips(id, batch.columns()[0]);
    }
  }
}

// How many columns of each sort; a long proof asks for more.
size_t Rounds() {
  const char* const rounds = std::getenv("PGBALE_ENCODING_ROUNDS");
  size_t count = 20;
  if (rounds != nullptr && !absl::SimpleAtoi(rounds, &count)) ADD_FAILURE();
  return count;
}

TEST(Encodings, ColumnsOfEverySortSurviveEveryEncoding) {
  Random random;
  std::vector<size_t> held(kEncodings, 0);
  for (size_t round = 0; round < Rounds(); ++round) {
    // Whatever the seed, a round without rows and one with many.
    const size_t count = round < 2 ? round * 500 : random.Skewed(10);
    for (const Column& column : ColumnsOfEverySort(random, count)) {
      for (uint32_t id = 0; id < kEncodings; ++id)
        held[id] += RoundTrips(id, column) ? 1 : 0;
    }
  }
  for (uint32_t id = 0; id < kEncodings; ++id)
    EXPECT_GT(held[id], 0u) << "no column for encoding " << id;
}

TEST(Encodings, ColumnsOfEverySortSurviveTheirPlan) {
  Random random;
  for (size_t round = 0; round < Rounds() / 4; ++round) {
    ChunkPlan plan;
    for (int chunk = 0; chunk < 4; ++chunk) {
      for (const Column& column :
           ColumnsOfEverySort(random, random.Skewed(12))) {
        Buffer body;
        StreamWriter out(1, body);
        plan.columns.resize(1);
        EncodeValues(column, plan.columns[0], out);
        StreamReader in(out.streams(), body);
        ASSERT_OK_AND_ASSIGN(
            const ColumnValues values,
            DecodeValues(plan.columns[0].id, ShapeOf(column), in));
        EXPECT_TRUE(Bytes(values.values) == column.values());
        EXPECT_OK(in.Finish());
      }
    }
  }
}

// Calls `change` on whole columns, each with each encoding; whatever comes of
// it, it is damage, a later version's, or values of the right shape.
void ExpectNoCrash(Random& random, void (*change)(Random&, Encoded&)) {
  for (const Column& column : ColumnsOfEverySort(random, 200)) {
    for (uint32_t id = 0; id < kEncodings; ++id) {
      Encoded whole;
      if (!EncodeWith(id, column, whole)) continue;
      for (int i = 0; i < 60; ++i) {
        Encoded changed = whole;
        change(random, changed);
        const absl::StatusOr<ColumnValues> values = changed.Decode();
        if (!values.ok()) continue;
        EXPECT_EQ(values->values.size(), changed.shape.value_octets);
        EXPECT_EQ(values->lengths.size(),
                  changed.shape.width == 0 ? changed.shape.count : 0);
      }
    }
  }
}

TEST(Encodings, ChangedOctetsNeverCrash) {
  Random random;
  ExpectNoCrash(random, [](Random& any, Encoded& encoded) {
    for (uint64_t i = any.Below(3); i <= 3 && !encoded.body.empty(); ++i) {
      const size_t front = any.OneIn(2) ? 24 : encoded.body.size();
      encoded.body[any.Below(std::min(front, encoded.body.size()))] =
          static_cast<uint8_t>(any.Next());
    }
  });
}

TEST(Encodings, OtherShapesNeverCrash) {
  Random random;
  ExpectNoCrash(random, [](Random& any, Encoded& encoded) {
    const uint32_t widths[] = {0, 1, 2, 3, 4, 8, 16};
    ColumnShape& shape = encoded.shape;
    if (any.OneIn(2)) shape.count = static_cast<uint32_t>(any.Skewed(10));
    if (any.OneIn(3)) shape.width = widths[any.Below(7)];
    if (any.OneIn(3)) shape.value_octets = any.Skewed(12);
    if (shape.width != 0)
      shape.value_octets = uint64_t{shape.width} * shape.count;
  });
}

TEST(Encodings, AMissingStreamIsDamage) {
  Random random;
  for (const Column& column : ColumnsOfEverySort(random, 100)) {
    for (uint32_t id = 0; id < kEncodings; ++id) {
      Encoded encoded;
      if (!EncodeWith(id, column, encoded) || encoded.streams.empty()) continue;
      encoded.streams.pop_back();
      EXPECT_THAT(encoded.Decode(), FailsWith(Failure::kDamaged)) << id;
    }
  }
}

TEST(Encodings, StreamsOfAnotherLengthAreDamage) {
  Random random;
  for (const Column& column : ColumnsOfEverySort(random, 100)) {
    for (uint32_t id = 0; id < kEncodings; ++id) {
      Encoded whole;
      if (!EncodeWith(id, column, whole)) continue;
      for (size_t i = 0; i < whole.streams.size(); ++i) {
        Encoded encoded = whole;
        ++encoded.streams[i].raw_octets;
        EXPECT_FALSE(encoded.Decode().ok()) << id << " stream " << i;
      }
    }
  }
}

TEST(Encodings, AColumnWithoutValuesIsAbsent) {
  EXPECT_EQ(ChosenId(ColumnOf(4, {})), kAbsent);
  EXPECT_EQ(ChosenId(ColumnOf(0, {kNull, kNull})), kAbsent);
}

TEST(Encodings, OneValueAgainAndAgainIsConstant) {
  EXPECT_EQ(ChosenId(ColumnOf(0, {"ab", kNull, "ab"})), kConstant);
  EXPECT_EQ(ChosenId(ColumnOf(2, {"ab", "ab"})), kConstant);
  EXPECT_EQ(ChosenId(ColumnOf(0, {"", ""})), kConstant);
}

TEST(Encodings, ValuesThatDifferSomewhereAreNotConstant) {
  EXPECT_NE(ChosenId(ColumnOf(0, {"ab", "abab"})), kConstant);
  EXPECT_NE(ChosenId(ColumnOf(0, {"aba", "b", "ab"})), kConstant);
  EXPECT_NE(ChosenId(ColumnOf(2, {"ab", "ab", "ac"})), kConstant);
}

TEST(Encodings, AscendingNumbersAreDifferences) {
  EXPECT_EQ(ChosenId(Numbered(4, 5000, Ascending)), kDelta);
}

TEST(Encodings, FlagsAreBits) {
  const Column flags = Numbered(1, 9000, [](size_t i) {
    return Octets(static_cast<int8_t>(Hash64(AsBytes(Octets(i))) % 2));
  });
  EXPECT_EQ(ChosenId(flags), kPacked);
  Encoded encoded;
  ASSERT_TRUE(EncodeWith(kPacked, flags, encoded));
  EXPECT_LT(encoded.body.size(), 9000 / 8 + 20);
}

TEST(Encodings, PricesAreScaledIntegers) {
  EXPECT_EQ(ChosenId(Numbered(
                0, 9000,
                [](size_t i) {
                  const uint64_t hash = Hash64(AsBytes(Octets(i)));
                  return NumericOf(
                      {static_cast<int16_t>(1 + hash % 9999),
                       static_cast<int16_t>(100 * (1 + (hash >> 32) % 99))},
                      0, 0, 2);
                })),
            kNumeric);
}

TEST(Encodings, FewOfManyThousandTextsAreEntries) {
  EXPECT_EQ(
      ChosenId(Numbered(0, 30000,
                        [](size_t i) {
                          const uint64_t hash = Hash64(AsBytes(Octets(i)));
                          return absl::StrCat("customer ", hash % 1000 * 7919);
                        })),
      kDictionary);
}

TEST(Encodings, RoundedFloatsAreDecimalFractions) {
  EXPECT_EQ(ChosenId(Numbered(8, 9000,
                              [](size_t i) {
                                return FloatOf(
                                    static_cast<double>(i * i % 9973) / 100);
                              })),
            kDecimal);
}

TEST(Encodings, ElementsOfArraysAreAColumn) {
  EXPECT_EQ(
      ChosenId(Numbered(0, 3000,
                        [](size_t i) {
                          const int32_t number = static_cast<int32_t>(i);
                          return ArrayOf({Octets(number), Octets(number + 7)});
                        })),
      kArray);
}

// Each is encoded with others that are as they should be.
TEST(Encodings, NumericsThatTheServerWouldNotSendAreKept) {
  const std::vector<std::string> odd = {
      "",                                      // none at all
      NumericOf({}, 0, 0xc000, 0),             // NaN
      NumericOf({}, 0, 0xd000, 0),             // infinity
      NumericOf({}, 0, 0x4000, 0),             // -0
      NumericOf({}, 3, 0, 0),                  // 0 of a weight
      NumericOf({0, 1}, 1, 0, 0),              // a digit 0 in front
      NumericOf({1, 0}, 1, 0, 0),              // and at the end
      NumericOf({10000}, 0, 0, 0),             // beyond the base
      NumericOf({1, 2345}, 0, 0, 2),           // digits that are not shown
      NumericOf({1, 2, 3, 4, 5, 6}, 5, 0, 0),  // too great
      NumericOf({1}, 30000, 0, 0),             // far too great
      NumericOf({1}, 0, 0, 0x4000),            // beyond the greatest scale
      NumericOf({1}, 0, 0, 0xffff),            // the mark of what is kept
      NumericOf({1}, 0, 0, 0) + "x",           // more than one
  };
  for (const std::string& value : odd) {
    std::vector<Value> values(20, NumericOf({12, 3400}, 0, 0, 2));
    values[7] = value;
    EXPECT_TRUE(RoundTrips(kNumeric, ColumnOf(0, values)));
  }
}

TEST(Encodings, NumericsOfEveryWeightAndScaleSurvive) {
  constexpr int16_t digits[] = {1, 10, 1000, 9999};
  for (int16_t weight = -4; weight <= 4; ++weight) {
    for (uint16_t scale = 0; scale <= 24; ++scale) {
      for (const int16_t digit : digits) {
        const std::vector<Value> values(
            3, NumericOf({digit}, weight, 0x4000, scale));
        RoundTrips(kNumeric, ColumnOf(0, values));
      }
    }
  }
}

TEST(Encodings, WhatDoesNotCompressStaysPlain) {
  EXPECT_EQ(ChosenId(Numbered(8, 5000, Scattered)), kPlain);
}

TEST(Encodings, WithoutCompressionNothingIsTransposed) {
  EXPECT_EQ(ChosenId(Numbered(4, 5000, Ascending), 0), kPlain);
}

TEST(Encodings, TextIsVariable) {
  EXPECT_EQ(ChosenId(ColumnOf(0, {"a", "bc"})), kVariable);
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
