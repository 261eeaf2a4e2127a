// Floats of 4 or 8 octets that stand for decimal fractions: 21.37 is 2137 and
// an exponent of 2, the same for the whole column. Kept as they are: those
// that would not come back bit for bit, NaN, infinities and -0 among them.
// Streams: parameters, then those of three columns: the integers, of the
// floats' width; the places of what is kept, and its values.
//
// The float is the quotient of the integer and 10^exponent as IEEE 754 rounds
// it: in 64 bits, and then, for 4 octets, to 32.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct DecimalParameters {
  uint32_t exponent = 0;
  uint32_t integers = 0;
  uint32_t places = 0;
  uint32_t others = 0;
  uint32_t other_count = 0;
};

template <typename Io>
void Describe(Io& io, Either<DecimalParameters> auto& parameters) {
  io.Number(1, parameters.exponent);
  io.Number(3, parameters.integers);
  io.Number(5, parameters.places);
  io.Number(7, parameters.others);
  io.Number(9, parameters.other_count);
}

// Exact as doubles.
constexpr std::array<double, 16> kPowersOfTen = {
    1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr uint32_t kExponentMax = kPowersOfTen.size() - 1;
// So many values tell the exponent.
constexpr size_t kLookedAt = 64;
// One in so many may have to be kept.
constexpr size_t kOthersShareMax = 8;

template <typename T>
struct Float;
template <>
struct Float<uint32_t> {
  using Type = float;
  static constexpr double kIntegerMax = 1 << 30;
};
template <>
struct Float<uint64_t> {
  using Type = double;
  static constexpr double kIntegerMax = 9007199254740992.0;  // 2^53
};

// The octets, as an integer, of the float that `integer` stands for.
template <typename T>
T ToFloat(T integer, double power) {
  using Type = typename Float<T>::Type;
  const double whole =
      static_cast<double>(static_cast<std::make_signed_t<T>>(integer));
  return std::bit_cast<T>(static_cast<Type>(whole / power));
}

// False if no integer stands for it.
template <typename T>
bool FromFloat(T octets, double power, T& integer) {
  const double scaled =
      double{std::bit_cast<typename Float<T>::Type>(octets)} * power;
  if (!(std::fabs(scaled) < Float<T>::kIntegerMax)) return false;
  // Rounds: there are no halves above 2^52.
  const double nearest = scaled + std::copysign(0.5, scaled);
  integer = static_cast<T>(static_cast<std::make_signed_t<T>>(nearest));
  return ToFloat(integer, power) == octets;
}

// The least exponent that serves nearly all of them; more than kExponentMax if
// there is none.
template <typename T>
uint32_t ExponentOf(Bytes values) {
  const size_t count = values.size() / sizeof(T);
  const size_t step = std::max<size_t>(1, count / kLookedAt);
  const size_t looked_at = (count + step - 1) / step;
  uint32_t exponent = 0;
  for (; exponent <= kExponentMax; ++exponent) {
    size_t others = 0;
    for (size_t i = 0; i < count; i += step) {
      T integer;
      if (!FromFloat(LoadBig<T>(&values[i * sizeof(T)]), kPowersOfTen[exponent],
                     integer))
        ++others;
    }
    if (others * kOthersShareMax <= looked_at) break;
  }
  return exponent;
}

Column ColumnOf(uint32_t width, Buffer values) {
  Column column(width);
  const uint32_t rows = static_cast<uint32_t>(values.size() / width);
  column.Assign(rows, 0, {}, std::move(values), {});
  return column;
}

// What has no integer: where it is, and it.
struct Others {
  Buffer places, values;
};

// Integers for `floats`. That of what is kept is the one before it.
template <typename T>
Others StoreIntegers(Bytes floats, double power, uint8_t* integers) {
  Others others;
  T integer = 0;
  for (size_t i = 0; i < floats.size(); i += sizeof(T)) {
    const T octets = LoadBig<T>(&floats[i]);
    T here;
    if (FromFloat(octets, power, here)) {
      integer = here;
    } else {
      AppendBig(others.places, static_cast<uint32_t>(i / sizeof(T)));
      AppendBig(others.values, octets);
    }
    StoreBig(integers + i, integer);
  }
  return others;
}

class Decimal : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    if (!IsFloatWidth(column.width()) || CountOf(column) == 0)
      return Fit::kNone;
    return ExponentFor(column) <= kExponentMax ? Fit::kPossible : Fit::kNone;
  }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const uint32_t exponent = ExponentFor(column);
    if (exponent > kExponentMax) return false;
    return column.width() == sizeof(uint32_t)
               ? EncodeAs<uint32_t>(column, exponent, plan, out)
               : EncodeAs<uint64_t>(column, exponent, plan, out);
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    ASSIGN_OR_RETURN(const DecimalParameters parameters,
                     ReadParameters<DecimalParameters>(in));
    if (!IsFloatWidth(shape.width) || parameters.exponent > kExponentMax ||
        parameters.other_count > shape.count)
      return Damaged("the values cannot be decimal fractions");
    ASSIGN_OR_RETURN(ColumnValues column,
                     DecodeValues(parameters.integers, shape, in));
    ASSIGN_OR_RETURN(const ColumnValues places,
                     DecodeValues(parameters.places,
                                  ShapeOf(sizeof(uint32_t), parameters), in));
    ASSIGN_OR_RETURN(
        const ColumnValues others,
        DecodeValues(parameters.others, ShapeOf(shape.width, parameters), in));
    const double power = kPowersOfTen[parameters.exponent];
    if (shape.width == sizeof(uint32_t))
      ToFloats<uint32_t>(power, column.values);
    else
      ToFloats<uint64_t>(power, column.values);
    RETURN_IF_ERROR(PutBack(shape, places.values, others.values, column));
    return column;
  }

 private:
  static bool IsFloatWidth(uint32_t width) { return width == 4 || width == 8; }

  static uint32_t ExponentFor(const Column& column) {
    return column.width() == sizeof(uint32_t)
               ? ExponentOf<uint32_t>(column.values())
               : ExponentOf<uint64_t>(column.values());
  }

  static ColumnShape ShapeOf(uint32_t width,
                             const DecimalParameters& parameters) {
    return {.width = width,
            .count = parameters.other_count,
            .value_octets = uint64_t{parameters.other_count} * width};
  }

  template <typename T>
  static bool EncodeAs(const Column& column, uint32_t exponent,
                       EncodingPlan& plan, StreamWriter& out) {
    Part integers(sizeof(T), CountOf(column));
    Others others = StoreIntegers<T>(column.values(), kPowersOfTen[exponent],
                                     integers.values());
    const size_t other_count = others.places.size() / sizeof(uint32_t);
    if (other_count * kOthersShareMax / 2 > CountOf(column)) return false;
    const StreamWriter::Mark start = out.mark();
    EncodeValues(integers.Finish(), plan.Part(0), out);
    EncodeValues(ColumnOf(sizeof(uint32_t), std::move(others.places)),
                 plan.Part(1), out);
    EncodeValues(ColumnOf(sizeof(T), std::move(others.values)), plan.Part(2),
                 out);
    InsertParameters(
        DecimalParameters{.exponent = exponent,
                          .integers = plan.Part(0).id,
                          .places = plan.Part(1).id,
                          .others = plan.Part(2).id,
                          .other_count = static_cast<uint32_t>(other_count)},
        start, out);
    return true;
  }

  template <typename T>
  static void ToFloats(double power, Buffer& values) {
    for (size_t i = 0; i < values.size(); i += sizeof(T)) {
      uint8_t* const at = values.data() + i;
      StoreBig(at, ToFloat(LoadBig<T>(at), power));
    }
  }

  static absl::Status PutBack(const ColumnShape& shape, Bytes places,
                              Bytes others, ColumnValues& column) {
    for (size_t i = 0; i < places.size() / sizeof(uint32_t); ++i) {
      const uint32_t place = LoadBig<uint32_t>(&places[i * sizeof(uint32_t)]);
      if (place >= shape.count) return Damaged("a value has no such place");
      std::memcpy(column.values.data() + uint64_t{place} * shape.width,
                  &others[i * shape.width], shape.width);
    }
    return absl::OkStatus();
  }
};

}  // namespace

const Encoding& DecimalEncoding() {
  static const Decimal encoding;
  return encoding;
}

}  // namespace pgbale
