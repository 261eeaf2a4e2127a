// Integers of 2, 4 or 8 octets as the differences between each and the one
// before it, zigzag: a column of its own, of the same width. Streams:
// parameters, then those of the differences.

#include <algorithm>
#include <bit>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct DeltaParameters {
  uint64_t first = 0;  // the first value, zigzag
  uint32_t differences = 0;
};

template <typename Io>
void Describe(Io& io, Either<DeltaParameters> auto& parameters) {
  io.Number(1, parameters.first);
  io.Number(3, parameters.differences);
}

// So many tell whether neighbours are near each other.
constexpr size_t kLookedAt = 512;

bool IsDeltaWidth(uint32_t width) {
  return width == 2 || width == 4 || width == 8;
}

template <typename T>
T Difference(const uint8_t* value) {
  return ToZigzag(
      static_cast<T>(LoadBig<T>(value + sizeof(T)) - LoadBig<T>(value)));
}

// True if differences have fewer bits than values.
template <typename T>
bool NeighboursAreNear(const uint8_t* values, size_t count) {
  const T lowest = FrameOf<T>(values, count).lowest;
  uint64_t difference_bits = 0, value_bits = 0;
  for (size_t i = 0; i + 1 < count; ++i) {
    const uint8_t* const value = values + i * sizeof(T);
    difference_bits += std::bit_width(Difference<T>(value));
    value_bits += std::bit_width(static_cast<T>(LoadBig<T>(value) - lowest));
  }
  return difference_bits < value_bits;
}

class Delta : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    const size_t count = CountOf(column);
    if (!IsDeltaWidth(column.width()) || count < 2) return Fit::kNone;
    const size_t looked_at = std::min(count, kLookedAt);
    const uint8_t* const values =
        column.values().data() + (count - looked_at) / 2 * column.width();
    const bool near = WithUnsigned(column.width(), [&]<typename T>(T) {
      return NeighboursAreNear<T>(values, looked_at);
    });
    return near ? Fit::kPossible : Fit::kNone;
  }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const StreamWriter::Mark start = out.mark();
    const uint32_t width = column.width(), count = CountOf(column) - 1;
    Part differences(width, count);
    uint64_t first = 0;
    WithUnsigned(width, [&]<typename T>(T) {
      const uint8_t* const values = column.values().data();
      first = ToZigzag(SignExtend(LoadBig<T>(values)));
      uint8_t* const to = differences.values();
      for (size_t i = 0; i < size_t{count} * sizeof(T); i += sizeof(T))
        StoreBig(to + i, Difference<T>(values + i));
    });
    EncodeValues(differences.Finish(), plan.Part(0), out);
    InsertParameters(
        DeltaParameters{.first = first, .differences = plan.Part(0).id}, start,
        out);
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (!IsDeltaWidth(shape.width) || shape.count == 0)
      return Damaged("the values cannot be differences");
    ASSIGN_OR_RETURN(const DeltaParameters parameters,
                     ReadParameters<DeltaParameters>(in));
    const uint32_t count = shape.count - 1;
    ASSIGN_OR_RETURN(
        const ColumnValues part,
        DecodeValues(parameters.differences,
                     {.width = shape.width,
                      .count = count,
                      .value_octets = uint64_t{count} * shape.width},
                     in));
    ColumnValues column;
    column.values.resize(shape.value_octets);
    WithUnsigned(shape.width, [&]<typename T>(T) {
      T value = static_cast<T>(FromZigzag(parameters.first));
      StoreBig(column.values.data(), value);
      for (size_t i = 0; i < part.values.size(); i += sizeof(T)) {
        const T difference = LoadBig<T>(part.values.data() + i);
        value = static_cast<T>(value + FromZigzag(difference));
        StoreBig(column.values.data() + i + sizeof(T), value);
      }
    });
    return column;
  }
};

}  // namespace

const Encoding& DeltaEncoding() {
  static const Delta encoding;
  return encoding;
}

}  // namespace pgbale
