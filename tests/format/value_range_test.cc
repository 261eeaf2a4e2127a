#include "format/value_range.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "format/types/type_codec.h"
#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

Column ColumnOf(uint32_t width, const std::vector<Value>& values) {
  Column column(width);
  for (const Value& value : values) {
    if (value.has_value())
      column.Append(AsBytes(*value));
    else
      column.AppendNull();
  }
  return column;
}

std::string Binary(uint32_t type_oid, const std::string& text) {
  Buffer octets;
  EXPECT_TRUE(FindBuiltInType(type_oid)->codec->FromText(text, octets)) << text;
  return ToString(octets);
}

bool Holds(const ValueRange& range, const std::string& low,
           const std::string& high) {
  return MayHold(range, AsBytes(low), AsBytes(high));
}

// A value, and what it compares by.
template <typename Key>
struct Keyed {
  Key key;
  std::string octets;
};

// Ranges of random columns, asked for random bounds, say what looking at each
// value says.
template <typename Key, typename Make>
void CheckAgainstBruteForce(ValueOrder order, uint32_t width,
                            const Make& make) {
  Random random;
  for (int round = 0; round < 500; ++round) {
    std::vector<Keyed<Key>> values(1 + random.Below(4));
    std::vector<Value> column = {kNull};
    for (Keyed<Key>& value : values) {
      value = make(random);
      column.emplace_back(value.octets);
    }
    const auto range = RangeOf(ColumnOf(width, column), order);
    ASSERT_TRUE(range.has_value());
    const auto [least, greatest] = std::minmax_element(
        values.begin(), values.end(),
        [](const auto& a, const auto& b) { return a.key < b.key; });
    for (int question = 0; question < 20; ++question) {
      Keyed<Key> low = random.OneIn(2) ? values.front() : make(random);
      Keyed<Key> high = random.OneIn(2) ? values.back() : make(random);
      const bool expected =
          !(high.key < least->key) && !(greatest->key < low.key);
      EXPECT_EQ(Holds(*range, low.octets, high.octets), expected);
    }
  }
}

template <typename T>
Keyed<T> KeyedInteger(Random& random) {
  const T size = static_cast<T>(random.Next() >> random.Below(64));
  const T value = random.OneIn(2) ? size : static_cast<T>(-size);
  return {value, Octets(value)};
}

TEST(ValueRange, OfIntegersIsThatOfTheirValues) {
  CheckAgainstBruteForce<int16_t>(ValueOrder::kInteger, 2,
                                  KeyedInteger<int16_t>);
  CheckAgainstBruteForce<int32_t>(ValueOrder::kInteger, 4,
                                  KeyedInteger<int32_t>);
  CheckAgainstBruteForce<int64_t>(ValueOrder::kInteger, 8,
                                  KeyedInteger<int64_t>);
}

TEST(ValueRange, OfUnsignedIntegersIsThatOfTheirOctets) {
  CheckAgainstBruteForce<uint32_t>(ValueOrder::kOctets, 4,
                                   KeyedInteger<uint32_t>);
}

// As the server compares: NaN above all, -0 like 0.
Keyed<double> RandomFloat(Random& random) {
  const double special[] = {0.0,
                            -0.0,
                            std::nan(""),
                            -std::nan(""),
                            std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity()};
  const double value =
      random.OneIn(3) ? special[random.Below(6)]
                      : static_cast<double>(random.Between(-1000, 1000)) / 8;
  // Above infinity.
  const double key = std::isnan(value)   ? 3e300
                     : std::isinf(value) ? std::copysign(2e300, value)
                                         : value;
  return {key, Octets(std::bit_cast<uint64_t>(value))};
}

TEST(ValueRange, OfFloatsIsAsTheServerComparesThem) {
  CheckAgainstBruteForce<double>(ValueOrder::kFloat, 8, RandomFloat);
  const auto single = [](float value) {
    return Octets(std::bit_cast<uint32_t>(value));
  };
  const auto range =
      RangeOf(ColumnOf(4, {single(-1.5f), single(2.0f)}), ValueOrder::kFloat);
  EXPECT_FALSE(Holds(*range, single(2.5f), single(3.0f)));
  EXPECT_FALSE(Holds(*range, single(-3.0f), single(-1.75f)));
  EXPECT_TRUE(Holds(*range, single(-1.0f), single(-1.0f)));
}

// An integer over 10^6, of all sizes, spelled with more or fewer zeros.
Keyed<absl::int128> RandomNumeric(Random& random) {
  if (random.OneIn(12)) {
    const int which = static_cast<int>(random.Below(3));
    const absl::int128 beyond = static_cast<absl::int128>(1) << 120;
    const absl::int128 keys[] = {-beyond, beyond, beyond + 1};
    const char* const texts[] = {"-Infinity", "Infinity", "NaN"};
    return {keys[which], Binary(1700, texts[which])};
  }
  const uint64_t low = random.Next() >> random.Below(64);
  const uint64_t high =
      random.OneIn(2) ? 0 : random.Next() >> (40 + random.Below(24));
  const absl::int128 size =
      static_cast<absl::int128>(high) * 1'000'000'000'000 * 1'000'000 +
      static_cast<absl::int128>(low % 1'000'000'000'000'000'000);
  std::string digits;
  for (absl::int128 rest = size; rest != 0 || digits.size() < 7; rest /= 10)
    digits.insert(digits.begin(),
                  static_cast<char>('0' + static_cast<int>(rest % 10)));
  digits.insert(digits.size() - 6, ".");
  const bool negative = size != 0 && random.OneIn(2);
  const std::string text = absl::StrCat(negative ? "-" : "", digits,
                                        std::string(random.Below(5), '0'));
  return {negative ? -size : size, Binary(1700, text)};
}

TEST(ValueRange, OfNumericsIsAsTheServerComparesThem) {
  CheckAgainstBruteForce<absl::int128>(ValueOrder::kNumeric, 0, RandomNumeric);
}

Keyed<std::string> RandomText(Random& random) {
  std::string text(random.Below(12), 'a');
  for (char& octet : text) octet = "ab\0\xff"[random.Below(4)];
  return {text, text};
}

// std::string compares octets without a sign.
TEST(ValueRange, OfTextsIsThatOfTheirOctets) {
  CheckAgainstBruteForce<std::string>(ValueOrder::kOctets, 0, RandomText);
}

TEST(ValueRange, OfLongTextsIsCutButHidesNone) {
  Random random;
  for (int round = 0; round < 2000; ++round) {
    const auto make = [&] {
      std::string text(28 + random.Below(10), 'x');
      if (random.OneIn(2)) text[random.Below(text.size())] = 'y';
      return text;
    };
    const std::string one = make(), other = make();
    const auto range =
        RangeOf(ColumnOf(0, {one, other, kNull}), ValueOrder::kOctets);
    EXPECT_LE(range->lowest.size(), 32u);
    EXPECT_LE(range->highest.size(), 32u);
    EXPECT_TRUE(Holds(*range, one, one));
    EXPECT_TRUE(Holds(*range, other, other));
    EXPECT_FALSE(Holds(*range, "z", "zz"));
    EXPECT_FALSE(Holds(*range, "", "w"));
  }
}

TEST(ValueRange, WithoutABoundIsOpenOnThatSide) {
  const auto range =
      RangeOf(ColumnOf(0, {"b", "d"}), ValueOrder::kOctets).value();
  EXPECT_TRUE(MayHold(range, std::nullopt, std::nullopt));
  EXPECT_TRUE(MayHold(range, AsBytes("d"), std::nullopt));
  EXPECT_FALSE(MayHold(range, AsBytes("e"), std::nullopt));
  EXPECT_TRUE(MayHold(range, std::nullopt, AsBytes("b")));
  EXPECT_FALSE(MayHold(range, std::nullopt, AsBytes("a")));
}

TEST(ValueRange, NothingIsKnownOfWhatIsNotOfTheType) {
  EXPECT_EQ(RangeOf(ColumnOf(0, {kNull}), ValueOrder::kOctets), std::nullopt);
  EXPECT_EQ(RangeOf(ColumnOf(0, {"a"}), ValueOrder::kNone), std::nullopt);
  EXPECT_EQ(RangeOf(ColumnOf(0, {"abc"}), ValueOrder::kInteger), std::nullopt);
  EXPECT_EQ(RangeOf(ColumnOf(0, {"abc"}), ValueOrder::kFloat), std::nullopt);
  for (const std::string& numeric :
       {std::string("abc"), std::string(8, '\xff'), std::string(9, '\0'),
        std::string("\0\1\0\0\0\0\0\0\0\0", 10)})
    EXPECT_EQ(RangeOf(ColumnOf(0, {numeric}), ValueOrder::kNumeric),
              std::nullopt);
  // A bound that is none says nothing.
  const auto range =
      RangeOf(ColumnOf(4, {Octets(5)}), ValueOrder::kInteger).value();
  EXPECT_TRUE(Holds(range, "abc", "abc"));
}

// Random octets never crash, and a value that is there is never ruled out.
TEST(ValueRange, OfGarbageHidesNothing) {
  Random random;
  for (int round = 0; round < 5000; ++round) {
    const auto order = static_cast<ValueOrder>(random.Below(5));
    std::vector<Value> values;
    for (uint64_t i = random.Below(4); i <= 4; ++i)
      values.emplace_back(ToString(random.Octets(random.Below(14))));
    const auto range = RangeOf(ColumnOf(0, values), order);
    if (!range.has_value()) continue;
    for (const Value& value : values)
      EXPECT_TRUE(Holds(*range, *value, *value));
  }
}

}  // namespace
}  // namespace pgbale
