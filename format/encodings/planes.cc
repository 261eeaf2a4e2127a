// Integers of 2, 4 or 8 octets as their distance from the lowest, transposed
// (format/transpose.h): the least significant octets of all values, then the
// next, …, as many as the highest needs. Streams: parameters, then one for
// each place, so that each is compressed by its own statistics, or stored if
// there are none.

#include <bit>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/errors.h"
#include "format/scratch.h"
#include "format/transpose.h"

namespace pgbale {
namespace {

struct PlanesParameters {
  uint64_t lowest = 0;  // zigzag
  uint32_t octets = 0;
};

template <typename Io>
void Describe(Io& io, Either<PlanesParameters> auto& parameters) {
  io.Number(1, parameters.lowest);
  io.Number(3, parameters.octets);
}

bool IsPlanesWidth(uint32_t width) {
  return width == 2 || width == 4 || width == 8;
}

// Distances, little-endian, for they are transposed from the lowest octet on.
template <typename T>
void Subtract(const uint8_t* values, size_t count, T lowest, uint8_t* out) {
  for (size_t i = 0; i < count; ++i) {
    const T value = LoadBig<T>(values + i * sizeof(T));
    StoreLittle(out + i * sizeof(T), static_cast<T>(value - lowest));
  }
}

template <typename T>
void AddInPlace(uint8_t* values, size_t count, T lowest) {
  for (size_t i = 0; i < count; ++i) {
    uint8_t* const at = values + i * sizeof(T);
    StoreBig(at, static_cast<T>(LoadLittle<T>(at) + lowest));
  }
}

class Planes : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return IsPlanesWidth(column.width()) && CountOf(column) != 0
               ? Fit::kPossible
               : Fit::kNone;
  }

  bool Encode(const Column& column, EncodingPlan& /*plan*/,
              StreamWriter& out) const override {
    WithUnsigned(column.width(), [&]<typename T>(T) {
      const uint8_t* const values = column.values().data();
      const size_t count = CountOf(column);
      const Frame<T> frame = FrameOf<T>(values, count);
      const uint32_t octets =
          static_cast<uint32_t>(std::bit_width(frame.span) + 7) / 8;
      InsertParameters(
          PlanesParameters{.lowest = ToZigzag(SignExtend(frame.lowest)),
                           .octets = octets},
          out.mark(), out);
      Scratch distances, planes;
      distances->resize(count * sizeof(T));
      planes->resize(count * sizeof(T));
      Subtract(values, count, frame.lowest, distances->data());
      Transpose(sizeof(T), count, distances->data(), planes->data());
      for (uint32_t i = 0; i < octets; ++i)
        out.Append(Bytes(*planes).subspan(i * count, count));
    });
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (!IsPlanesWidth(shape.width))
      return Damaged("the values are of no width that has planes");
    ASSIGN_OR_RETURN(const PlanesParameters parameters,
                     ReadParameters<PlanesParameters>(in));
    if (parameters.octets > shape.width)
      return Damaged("there are more planes than octets in a value");
    Scratch planes;
    planes->resize(shape.value_octets);
    const MutableBytes all(*planes);
    for (uint32_t i = 0; i < parameters.octets; ++i) {
      RETURN_IF_ERROR(
          in.ReadInto(all.subspan(uint64_t{i} * shape.count, shape.count)));
    }
    const uint64_t read = uint64_t{parameters.octets} * shape.count;
    if (read < all.size()) std::memset(all.data() + read, 0, all.size() - read);
    ColumnValues column;
    column.values.resize(shape.value_octets);
    Untranspose(shape.width, shape.count, planes->data(), column.values.data());
    WithUnsigned(shape.width, [&]<typename T>(T) {
      AddInPlace(column.values.data(), shape.count,
                 static_cast<T>(FromZigzag(parameters.lowest)));
    });
    return column;
  }
};

}  // namespace

const Encoding& PlanesEncoding() {
  static const Planes encoding;
  return encoding;
}

}  // namespace pgbale
