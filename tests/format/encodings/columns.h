// Columns for the tests of encodings: of every sort that an encoding is made
// for, and of none.

#ifndef PGBALE_TESTS_FORMAT_ENCODINGS_COLUMNS_H_
#define PGBALE_TESTS_FORMAT_ENCODINGS_COLUMNS_H_

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "format/encodings/encoding.h"
#include "tests/format/archives.h"

namespace pgbale::format_test {

// format/encodings/encodings.def
inline constexpr uint32_t kAbsent = 0, kConstant = 1, kPlain = 2,
                          kTransposed = 3, kVariable = 4, kPacked = 5,
                          kPlanes = 6, kDelta = 7, kUniform = 8, kSplit = 9,
                          kNumeric = 10, kDictionary = 11, kDecimal = 12,
                          kArray = 13, kEncodings = 14;

inline Column ColumnOf(uint32_t width, const std::vector<Value>& values) {
  std::vector<Row> rows;
  for (const Value& value : values) rows.push_back({value});
  return BatchOf({width}, rows).columns()[0];
}

// `count` values of `width`, each by its number.
template <typename F>
Column Numbered(uint32_t width, size_t count, F value) {
  std::vector<Value> values;
  for (size_t i = 0; i < count; ++i) values.push_back(value(i));
  return ColumnOf(width, values);
}

// COPY's binary form of a numeric.
inline std::string NumericOf(const std::vector<int16_t>& digits, int16_t weight,
                             uint16_t sign, uint16_t scale) {
  std::string value = Octets(static_cast<int16_t>(digits.size())) +
                      Octets(weight) + Octets(sign) + Octets(scale);
  for (const int16_t digit : digits) value += Octets(digit);
  return value;
}

// That of an array of elements that are not NULL.
inline std::string ArrayOf(const std::vector<std::string>& elements,
                           uint32_t type = 25) {
  std::string value =
      Octets(int32_t{!elements.empty()}) + Octets(int32_t{0}) + Octets(type);
  if (elements.empty()) return value;
  value += Octets(static_cast<int32_t>(elements.size())) + Octets(int32_t{1});
  for (const std::string& element : elements)
    value += Octets(static_cast<int32_t>(element.size())) + element;
  return value;
}

inline std::string FloatOf(double value) {
  return Octets(std::bit_cast<uint64_t>(value));
}
inline std::string FloatOf(float value) {
  return Octets(std::bit_cast<uint32_t>(value));
}

// What the server would send, and now and then what it would not.
inline std::string RandomNumeric(Random& random) {
  const uint16_t signs[] = {0, 0x4000, 0xc000, 0xd000, 0xf000};
  std::vector<int16_t> digits(random.Skewed(random.OneIn(9) ? 4 : 3));
  if (random.OneIn(20)) {
    for (int16_t& digit : digits)
      digit = static_cast<int16_t>(random.Below(11000));
    return NumericOf(digits, static_cast<int16_t>(random.Between(-3, 3)),
                     signs[random.Below(5)],
                     static_cast<uint16_t>(random.Below(0x10000)));
  }
  if (digits.empty())
    return NumericOf({}, 0, 0, static_cast<uint16_t>(random.Below(9)));
  for (int16_t& digit : digits)
    digit = static_cast<int16_t>(1 + random.Below(9999));
  // The last digit's zeros need not be shown.
  const int64_t zeros = random.Between(0, 3);
  if (zeros == 3) digits.back() = 7000;
  const int64_t weight = random.Between(-2, 3);
  const int64_t places =
      4 * (static_cast<int64_t>(digits.size()) - 1 - weight) -
      (zeros == 3 ? 3 : 0);
  return NumericOf(digits, static_cast<int16_t>(weight), signs[random.Below(2)],
                   static_cast<uint16_t>(std::max<int64_t>(places, 0) +
                                         random.Between(0, 2)));
}

inline std::string RandomFloat(Random& random) {
  const double special[] = {0.0,
                            -0.0,
                            std::nan(""),
                            std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::max(),
                            5e-324};
  if (random.OneIn(30)) return FloatOf(special[random.Below(6)]);
  if (random.OneIn(30)) return Octets(random.Next());
  return FloatOf(static_cast<double>(random.Between(-100000, 100000)) / 100);
}

inline std::string RandomArray(Random& random) {
  std::vector<std::string> elements(random.Skewed(4));
  const bool uneven = random.OneIn(50);
  for (std::string& element : elements)
    element = uneven ? "x" : Octets(static_cast<uint32_t>(random.Skewed(20)));
  return ArrayOf(elements, 23);
}

// A column of each sort.
inline std::vector<Column> ColumnsOfEverySort(Random& random, size_t count) {
  int64_t clock = random.Between(-1000, 1000);
  const auto text = [&](size_t) {
    return std::string(random.Skewed(6), static_cast<char>(random.Next()));
  };
  const auto few = [&](size_t) {
    return absl::StrCat("value ", random.Below(5));
  };
  const auto ascending = [&](size_t) {
    return Octets(clock += static_cast<int64_t>(random.Skewed(20)));
  };
  const auto numeric = [&](size_t) { return RandomNumeric(random); };
  const auto array = [&](size_t) { return RandomArray(random); };
  const auto decimal = [&](size_t) { return RandomFloat(random); };
  const auto single = [&](size_t) {
    return FloatOf(static_cast<float>(random.Below(3000)) / 8);
  };
  const auto small = [&](size_t) {
    return Octets(static_cast<int16_t>(random.Between(-99, 9999)));
  };
  const auto flag = [&](size_t) {
    return Octets(static_cast<int8_t>(random.Below(2)));
  };
  const auto anything = [&](size_t) { return Octets(random.Next()); };
  const auto code = [&](size_t) {
    return absl::StrCat(1000 + random.Below(9000));
  };
  const auto same = [](size_t) { return std::string("same"); };
  return {Numbered(0, count, same),     Numbered(0, count, text),
          Numbered(0, count, few),      Numbered(8, count, ascending),
          Numbered(0, count, numeric),  Numbered(0, count, array),
          Numbered(8, count, decimal),  Numbered(4, count, single),
          Numbered(2, count, small),    Numbered(1, count, flag),
          Numbered(8, count, anything), Numbered(0, count, code)};
}

inline ColumnShape ShapeOf(const Column& column) {
  return {.width = column.width(),
          .count = column.rows() - column.nulls(),
          .value_octets = column.values().size()};
}

// A column's streams, as an encoding has made them.
struct Encoded {
  uint32_t id = 0;
  ColumnShape shape;
  std::vector<StreamInfo> streams;
  Buffer body;

  absl::StatusOr<ColumnValues> Decode() const {
    StreamReader in(streams, body);
    ASSIGN_OR_RETURN(ColumnValues values, DecodeValues(id, shape, in));
    RETURN_IF_ERROR(in.Finish());
    return values;
  }
};

// False if encoding `id` does not hold `column`.
inline bool EncodeWith(uint32_t id, const Column& column, Encoded& encoded) {
  const Encoding& encoding = *FindEncoding(id);
  if (encoding.FitOf(column) == Encoding::Fit::kNone) return false;
  encoded = {.id = id, .shape = ShapeOf(column), .streams = {}, .body = {}};
  StreamWriter out(1, encoded.body);
  EncodingPlan plan{.id = id, .depth = 0, .parts = {}};
  if (!encoding.Encode(column, plan, out)) return false;
  encoded.streams = out.streams();
  return true;
}

// Encodes and decodes; false if the column does not fit.
inline bool RoundTrips(uint32_t id, const Column& column) {
  Encoded encoded;
  if (!EncodeWith(id, column, encoded)) return false;
  const absl::StatusOr<ColumnValues> values = encoded.Decode();
  EXPECT_OK(values);
  if (!values.ok()) return true;
  EXPECT_TRUE(Bytes(values->values) == column.values()) << "encoding " << id;
  EXPECT_TRUE(absl::MakeConstSpan(values->lengths) == column.lengths())
      << "encoding " << id;
  return true;
}

// The encoding that is chosen, at level 1.
inline uint32_t ChosenId(const Column& column, int level = 1) {
  EncodingPlan plan;
  ChooseEncoding(column, level, plan);
  return plan.id;
}

}  // namespace pgbale::format_test

#endif  // PGBALE_TESTS_FORMAT_ENCODINGS_COLUMNS_H_
