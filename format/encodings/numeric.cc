// PostgreSQL's numeric, in COPY's binary form, as scaled integers: 1.50 is 150
// of scale 2. A value that is none, or that would not come back octet for
// octet, is kept as it is: NaN, the infinities, more than 18 digits, a form
// that the server does not make. Streams: parameters, then those of three
// columns: scales, integers, and what is kept.
//
// The binary form, in 16-bit integers: how many digits; the weight of the
// first; sign (0, or 0x4000 for -); scale; the digits, to base 10000.

#include <algorithm>
#include <array>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct NumericParameters {
  uint32_t scales = 0;
  uint32_t integers = 0;
  uint32_t others = 0;
  uint32_t other_count = 0;
  uint64_t other_octets = 0;
};

template <typename Io>
void Describe(Io& io, Either<NumericParameters> auto& parameters) {
  io.Number(1, parameters.scales);
  io.Number(3, parameters.integers);
  io.Number(5, parameters.others);
  io.Number(7, parameters.other_count);
  io.Number(9, parameters.other_octets);
}

constexpr uint32_t kBase = 10000;
constexpr int kBaseDigits = 4;
constexpr size_t kHeadOctets = 8, kDigitOctets = 2;
constexpr uint16_t kNegative = 0x4000;
constexpr uint16_t kScaleMax = 0x3fff;
// In place of a scale: the value is among those that are kept.
constexpr uint16_t kOther = 0xffff;
constexpr uint64_t kIntegerMax = 1'000'000'000'000'000'000;
// More than this share is kept: it is no such column.
constexpr size_t kOthersShareMax = 4;
constexpr size_t kLookedAt = 16;
// An integer of 64 bits makes six digits at most.
constexpr size_t kDigitsMax = 6;
constexpr size_t kBuiltOctetsMax = kHeadOctets + kDigitsMax * kDigitOctets;

constexpr std::array<uint64_t, 19> kPowersOfTen = [] {
  std::array<uint64_t, 19> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

struct Scaled {
  int64_t integer = 0;
  uint16_t scale = 0;
};

// The digits of a numeric as one number. False if they are too many for 64
// bits, or not as the server writes them: no zero at either end, none beyond
// the base.
bool JoinDigits(const uint8_t* digits, uint32_t count, uint64_t& joined) {
  constexpr uint32_t kCountMax = 5;
  if (count > kCountMax) return false;
  const uint32_t first = LoadBig<uint16_t>(digits);
  uint32_t last = first, highest = first;
  joined = first;
  for (uint32_t i = 1; i < count; ++i) {
    last = LoadBig<uint16_t>(digits + i * kDigitOctets);
    highest = std::max(highest, last);
    joined = joined * kBase + last;
  }
  return first != 0 && last != 0 && highest < kBase &&
         (count < kCountMax || first < 1000);
}

// `joined` * 10^`exponent`; false if that is not whole, or too great.
bool Scale(uint64_t joined, int exponent, uint64_t& integer) {
  if (exponent >= 0) {
    if (exponent > 18 || joined > kIntegerMax / kPowersOfTen[exponent])
      return false;
    integer = joined * kPowersOfTen[exponent];
    return true;
  }
  if (exponent <= -kBaseDigits) return false;
  const uint64_t power = kPowersOfTen[-exponent];
  integer = joined / power;
  return integer * power == joined && integer <= kIntegerMax;
}

// False if `value` is not just what BuildNumeric makes of the result.
bool ParseNumeric(Bytes value, Scaled& scaled) {
  if (value.size() < kHeadOctets) return false;
  const uint32_t digits = LoadBig<uint16_t>(value.data());
  const int weight = LoadBig<int16_t>(value.data() + 2);
  const uint16_t sign = LoadBig<uint16_t>(value.data() + 4);
  scaled.scale = LoadBig<uint16_t>(value.data() + 6);
  if (value.size() != kHeadOctets + digits * kDigitOctets ||
      scaled.scale > kScaleMax || (sign != 0 && sign != kNegative))
    return false;
  if (digits == 0) {
    scaled.integer = 0;
    return weight == 0 && sign == 0;
  }
  uint64_t joined = 0, integer = 0;
  if (!JoinDigits(value.data() + kHeadOctets, digits, joined)) return false;
  const int exponent =
      kBaseDigits * (weight - static_cast<int>(digits) + 1) + scaled.scale;
  if (!Scale(joined, exponent, integer)) return false;
  scaled.integer = sign == 0 ? static_cast<int64_t>(integer)
                             : -static_cast<int64_t>(integer);
  return true;
}

// Takes the last 1, 2 or 3 decimal digits off `rest`: the digit to base 10000
// that begins with them. To divide by a constant is to multiply.
uint16_t TakeLastDigit(int decimals, uint64_t& rest) {
  const auto take = [&rest]<uint64_t kPower>() {
    const uint64_t last = rest % kPower * (kBase / kPower);
    rest /= kPower;
    return static_cast<uint16_t>(last);
  };
  if (decimals == 1) return take.template operator()<10>();
  if (decimals == 2) return take.template operator()<100>();
  return take.template operator()<1000>();
}

// Writes at most kBuiltOctetsMax; returns how many.
size_t BuildNumeric(const Scaled& scaled, uint8_t* out) {
  const bool negative = scaled.integer < 0;
  uint64_t rest = static_cast<uint64_t>(scaled.integer);
  if (negative) rest = -rest;
  uint16_t digits[kDigitsMax];  // the least significant first
  size_t count = 0;
  int weight = -(scaled.scale / kBaseDigits);  // of the first of them
  if (scaled.scale % kBaseDigits != 0) {
    digits[count++] = TakeLastDigit(scaled.scale % kBaseDigits, rest);
    --weight;
  }
  for (; rest != 0; rest /= kBase)
    digits[count++] = static_cast<uint16_t>(rest % kBase);
  size_t zeros = 0;
  while (zeros < count && digits[zeros] == 0) ++zeros;
  const bool zero = zeros == count;
  weight = zero ? 0 : weight + static_cast<int>(count) - 1;
  StoreBig(out, static_cast<uint16_t>(count - zeros));
  StoreBig(out + 2, static_cast<int16_t>(weight));
  StoreBig(out + 4, negative ? kNegative : uint16_t{0});
  StoreBig(out + 6, scaled.scale);
  uint8_t* at = out + kHeadOctets;
  for (; count > zeros; at += kDigitOctets) StoreBig(at, digits[--count]);
  return static_cast<size_t>(at - out);
}

class Numeric : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    const auto lengths = column.lengths();
    const size_t looked_at = std::min(lengths.size(), kLookedAt);
    const uint8_t* value = column.values().data();
    size_t parsed = 0;
    for (size_t i = 0; i < looked_at; value += lengths[i++]) {
      Scaled scaled;
      if (ParseNumeric(Bytes(value, lengths[i]), scaled)) ++parsed;
    }
    return parsed * 2 > looked_at ? Fit::kPossible : Fit::kNone;
  }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const auto lengths = column.lengths();
    Part scales(sizeof(uint16_t), CountOf(column));
    Part integers(sizeof(int64_t), CountOf(column));
    Column others(0);
    const uint8_t* value = column.values().data();
    Scaled scaled;
    for (size_t i = 0; i < lengths.size(); value += lengths[i++]) {
      const int64_t before = scaled.integer;
      if (!ParseNumeric(Bytes(value, lengths[i]), scaled)) {
        others.Append(Bytes(value, lengths[i]));
        scaled = {before, kOther};
      }
      StoreBig(scales.values() + i * sizeof(uint16_t), scaled.scale);
      StoreBig(integers.values() + i * sizeof(int64_t), scaled.integer);
    }
    if (others.rows() * kOthersShareMax > lengths.size()) return false;
    const StreamWriter::Mark start = out.mark();
    EncodeValues(scales.Finish(), plan.Part(0), out);
    EncodeValues(integers.Finish(), plan.Part(1), out);
    EncodeValues(others, plan.Part(2), out);
    InsertParameters(NumericParameters{.scales = plan.Part(0).id,
                                       .integers = plan.Part(1).id,
                                       .others = plan.Part(2).id,
                                       .other_count = others.rows(),
                                       .other_octets = others.values().size()},
                     start, out);
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    ASSIGN_OR_RETURN(const NumericParameters parameters,
                     ReadParameters<NumericParameters>(in));
    // So the columns that follow take no more than the result.
    if (shape.width != 0 || parameters.other_count > shape.count ||
        parameters.other_octets > shape.value_octets ||
        uint64_t{shape.count - parameters.other_count} * kHeadOctets >
            shape.value_octets - parameters.other_octets)
      return Damaged("the values cannot be numerics");
    ASSIGN_OR_RETURN(
        const ColumnValues scales,
        DecodeValues(parameters.scales,
                     {.width = sizeof(uint16_t),
                      .count = shape.count,
                      .value_octets = sizeof(uint16_t) * uint64_t{shape.count}},
                     in));
    ASSIGN_OR_RETURN(
        const ColumnValues integers,
        DecodeValues(parameters.integers,
                     {.width = sizeof(int64_t),
                      .count = shape.count,
                      .value_octets = sizeof(int64_t) * uint64_t{shape.count}},
                     in));
    ASSIGN_OR_RETURN(const ColumnValues others,
                     DecodeValues(parameters.others,
                                  {.width = 0,
                                   .count = parameters.other_count,
                                   .value_octets = parameters.other_octets},
                                  in));
    return Join(shape, scales.values, integers.values, others);
  }

 private:
  static absl::StatusOr<ColumnValues> Join(const ColumnShape& shape,
                                           Bytes scales, Bytes integers,
                                           const ColumnValues& others) {
    ColumnValues column;
    column.lengths.resize(shape.count);
    // A numeric is written in full before it is known how long it is.
    column.values.resize(shape.value_octets + kBuiltOctetsMax);
    uint64_t octets = 0;
    size_t other = 0;
    const uint8_t* other_value = others.values.data();
    for (uint32_t i = 0; i < shape.count; ++i) {
      const Scaled scaled{LoadBig<int64_t>(&integers[i * sizeof(int64_t)]),
                          LoadBig<uint16_t>(&scales[i * sizeof(uint16_t)])};
      uint8_t* const at = column.values.data() + octets;
      size_t length = 0;
      if (scaled.scale <= kScaleMax) {
        length = BuildNumeric(scaled, at);
      } else if (scaled.scale == kOther && other < others.lengths.size()) {
        length = others.lengths[other++];
        if (length > shape.value_octets - octets) break;
        if (length != 0) std::memcpy(at, other_value, length);
        other_value += length;
      } else {
        return Damaged("a numeric has no such scale");
      }
      column.lengths[i] = static_cast<uint32_t>(length);
      octets += length;
      if (octets > shape.value_octets) break;
    }
    if (octets != shape.value_octets || other != others.lengths.size())
      return Damaged("the numerics do not add up to the values");
    column.values.resize(shape.value_octets);
    return column;
  }
};

}  // namespace

const Encoding& NumericEncoding() {
  static const Numeric encoding;
  return encoding;
}

}  // namespace pgbale
