#include "format/fields.h"

#include "tests/format/archives.h"

namespace pgbale {

// In the namespace of fields.h, which finds Describe by its argument.
namespace fields_test {

enum class Colour : uint8_t { kRed = 1, kBlue = 2 };

struct Inner {
  uint32_t number = 0;
  bool operator==(const Inner&) const = default;
};
template <typename Io>
void Describe(Io& io, Either<Inner> auto& inner) {
  io.Number(1, inner.number);
}

struct Outer {
  uint8_t small = 0;
  uint64_t large = 0;
  std::string text;
  std::vector<std::string> texts;
  std::vector<uint32_t> numbers;
  bool off = false;
  bool on = true;
  Colour colour = Colour::kRed;
  Digest digest;
  std::optional<Inner> inner;
  std::vector<Inner> inners;
  bool operator==(const Outer&) const = default;
};
template <typename Io>
void Describe(Io& io, Either<Outer> auto& outer) {
  io.Number(1, outer.small);
  io.Number(3, outer.large);
  io.Text(5, outer.text);
  io.Texts(7, outer.texts);
  io.Numbers(9, outer.numbers);
  io.Flag(11, outer.off);
  io.Flag(13, outer.on, /*absent=*/true);
  io.Enum(15, outer.colour, Colour::kRed, Colour::kBlue);
  io.DigestOf(17, outer.digest);
  io.Record(19, outer.inner);
  io.Records(21, outer.inners, 3);
}

template <typename T>
Buffer Encode(const T& record) {
  Buffer octets;
  FieldEncoder encoder(octets);
  Describe(encoder, record);
  return octets;
}

Outer Full() {
  return {.small = 255,
          .large = ~uint64_t{0},
          .text = "text",
          .texts = {"a", "", "b"},
          .numbers = {0, 1, 127, 128, ~uint32_t{0}},
          .off = true,
          .on = false,
          .colour = Colour::kBlue,
          .digest = {1, 2},
          .inner = Inner{0},
          .inners = {Inner{1}, Inner{}, Inner{3}}};
}

}  // namespace fields_test

namespace {

using namespace fields_test;
using ::testing::ElementsAre;

// Decodes what is written as octets, one by one.
template <typename T = Inner>
absl::StatusOr<T> Decode(std::initializer_list<uint8_t> octets) {
  const Buffer buffer(octets);
  return DecodeFields<T>(buffer);
}

TEST(Fields, GiveBackWhatTheyGot) {
  EXPECT_EQ(*DecodeFields<Outer>(Encode(Full())), Full());
  EXPECT_EQ(*DecodeFields<Outer>(Encode(Outer())), Outer());
}

TEST(Fields, ZeroAndEmptyAreLeftOut) {
  Outer outer;
  EXPECT_THAT(Encode(outer), ElementsAre(15, 1, 1));
}

TEST(Fields, AreTagLengthAndOctets) {
  EXPECT_THAT(Encode(Inner{5}), ElementsAre(1, 1, 5));
  EXPECT_THAT(Encode(Inner{300}), ElementsAre(1, 2, 0xac, 0x02));
}

TEST(Fields, AnUnknownEvenTagIsSkipped) {
  EXPECT_EQ(Decode({1, 1, 5, 2, 3, 'a', 'b', 'c', 100, 0})->number, 5u);
}

TEST(Fields, AnUnknownOddTagIsRefused) {
  const absl::Status status = Decode({1, 1, 5, 3, 0}).status();
  EXPECT_THAT(status, FailsWith(Failure::kError));
  EXPECT_THAT(status, StatusMessageHas("field 3 is unknown"));
  EXPECT_THAT(HintOf(status), ::testing::HasSubstr("later version"));
}

TEST(Fields, AnUnknownTagBetweenKnownOnesIsSkipped) {
  EXPECT_EQ(Decode<Outer>({1, 1, 5, 2, 1, 9, 3, 1, 6, 15, 1, 1})->large, 6u);
}

TEST(Fields, TheGreatestTagIsSkippedOrRefused) {
  EXPECT_THAT(Decode({0xff, 0xff, 0xff, 0xff, 0x07, 0}),
              FailsWith(Failure::kError));
  EXPECT_OK(Decode({0xfe, 0xff, 0xff, 0xff, 0x07, 0}));
  EXPECT_THAT(Decode({0x80, 0x80, 0x80, 0x80, 0x08, 0}),
              FailsWith(Failure::kDamaged));
}

TEST(Fields, EveryTruncationIsRefusedOrLosesWholeFields) {
  const Buffer octets = Encode(Full());
  for (size_t size = 0; size < octets.size(); ++size) {
    const absl::StatusOr<Outer> outer =
        DecodeFields<Outer>(Bytes(octets).first(size));
    EXPECT_TRUE(!outer.ok() || *outer != Full()) << size;
  }
}

TEST(Fields, ALengthBeyondTheOctetsLeftIsDamage) {
  EXPECT_THAT(Decode({1, 2, 5}), FailsWith(Failure::kDamaged));
  EXPECT_THAT(
      Decode({2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}),
      StatusMessageHas("goes beyond"));
}

TEST(Fields, TagsOutOfOrderAreDamage) {
  EXPECT_THAT(Decode({2, 0, 1, 1, 5}), StatusMessageHas("out of order"));
  EXPECT_THAT(Decode({0, 0}), StatusMessageHas("out of order"));
}

TEST(Fields, ARepeatedFieldIsDamageUnlessItMayRepeat) {
  EXPECT_THAT(Decode({1, 1, 5, 1, 1, 5}), StatusMessageHas("repeated"));
  EXPECT_OK(Decode<Outer>({7, 0, 7, 0, 15, 1, 1}));
}

TEST(Fields, NumbersMustBeWholeShortAndFit) {
  EXPECT_THAT(Decode({1, 0}), FailsWith(Failure::kDamaged));
  EXPECT_THAT(Decode({1, 2, 5, 5}), FailsWith(Failure::kDamaged));
  EXPECT_THAT(Decode({1, 2, 0x85, 0x00}), FailsWith(Failure::kDamaged));
  EXPECT_THAT(Decode({1, 5, 0x80, 0x80, 0x80, 0x80, 0x10}),
              FailsWith(Failure::kDamaged));
  EXPECT_THAT(Decode<Outer>({3, 10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                             0xff, 0xff, 0x02, 15, 1, 1}),
              FailsWith(Failure::kDamaged));
}

TEST(Fields, AnUnknownValueOfAnEnumIsRefused) {
  EXPECT_THAT(Decode<Outer>({15, 1, 3}), StatusMessageHas("unknown value 3"));
  EXPECT_THAT(Decode<Outer>({}), StatusMessageHas("unknown value 0"));
}

TEST(Fields, ADigestHasSixteenOctets) {
  EXPECT_THAT(Decode<Outer>({15, 1, 1, 17, 2, 0, 0}),
              StatusMessageHas("no digest"));
}

TEST(Fields, RecordsBeyondTheirLimitAreDamage) {
  EXPECT_THAT(Decode<Outer>({15, 1, 1, 21, 0, 21, 0, 21, 0, 21, 0}),
              StatusMessageHas("too many"));
}

TEST(Fields, AnErrorInARecordIsAnErrorOfItsParent) {
  EXPECT_THAT(Decode<Outer>({15, 1, 1, 19, 2, 1, 0}),
              FailsWith(Failure::kDamaged));
}

TEST(Fields, RandomOctetsNeverCrash) {
  Random random;
  for (int i = 0; i < 20'000; ++i) {
    Buffer octets = Encode(Full());
    for (uint64_t flips = random.Below(4); flips <= 4; ++flips)
      octets[random.Below(octets.size())] = static_cast<uint8_t>(random.Next());
    DecodeFields<Outer>(octets).status().IgnoreError();
  }
}

}  // namespace
}  // namespace pgbale
