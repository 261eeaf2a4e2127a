// Integers of 1, 2, 4 or 8 octets as their distance from the lowest, in as few
// bits as the highest needs. Booleans take one. Two streams: parameters, and
// the bits, the least significant of the first value first.

#include <bit>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/errors.h"
#include "format/scratch.h"

namespace pgbale {
namespace {

struct PackedParameters {
  uint64_t lowest = 0;  // zigzag
  uint32_t bits = 0;
};

template <typename Io>
void Describe(Io& io, Either<PackedParameters> auto& parameters) {
  io.Number(1, parameters.lowest);
  io.Number(3, parameters.bits);
}

constexpr int kWordBits = 64;
constexpr size_t kWordOctets = 8;

size_t PackedOctets(uint64_t count, uint32_t bits) {
  return (count * bits + 7) / 8;
}

// `out` has room for a word more than is written.
template <typename T>
void Pack(const uint8_t* values, size_t count, T lowest, uint32_t bits,
          uint8_t* out) {
  uint64_t word = 0;
  uint32_t used = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t value =
        static_cast<T>(LoadBig<T>(values + i * sizeof(T)) - lowest);
    word |= value << used;
    used += bits;
    if (used < kWordBits) continue;
    StoreLittle(out, word);
    out += kWordOctets;
    used -= kWordBits;
    word = used == 0 ? 0 : value >> (bits - used);
  }
  StoreLittle(out, word);
}

// `in` has a word more than is used. A value that begins within an octet may
// need more than a word only if `bits` are more than 57.
template <typename T, bool kMayCrossWord>
void Unpack(const uint8_t* in, size_t count, T lowest, uint32_t bits,
            uint8_t* values) {
  const uint64_t mask =
      bits == kWordBits ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  uint64_t at = 0;
  for (size_t i = 0; i < count; ++i, at += bits) {
    const uint8_t* const from = in + at / 8;
    const uint32_t shift = at % 8;
    uint64_t value = LoadLittle<uint64_t>(from) >> shift;
    if constexpr (kMayCrossWord) {
      if (shift != 0)
        value |= uint64_t{from[kWordOctets]} << (kWordBits - shift);
    }
    StoreBig(values + i * sizeof(T),
             static_cast<T>(static_cast<T>(value & mask) + lowest));
  }
}

class Packed : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return IsIntegerWidth(column.width()) && CountOf(column) != 0
               ? Fit::kPossible
               : Fit::kNone;
  }

  bool Encode(const Column& column, EncodingPlan& /*plan*/,
              StreamWriter& out) const override {
    WithUnsigned(column.width(), [&]<typename T>(T) {
      const uint8_t* const values = column.values().data();
      const size_t count = CountOf(column);
      const Frame<T> frame = FrameOf<T>(values, count);
      const uint32_t bits = static_cast<uint32_t>(std::bit_width(frame.span));
      InsertParameters(
          PackedParameters{.lowest = ToZigzag(SignExtend(frame.lowest)),
                           .bits = bits},
          out.mark(), out);
      Scratch packed;
      packed->resize(PackedOctets(count, bits) + kWordOctets);
      Pack(values, count, frame.lowest, bits, packed->data());
      out.Append(Bytes(*packed).first(PackedOctets(count, bits)));
    });
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (!IsIntegerWidth(shape.width))
      return Damaged("the values are of no width that is packed");
    ASSIGN_OR_RETURN(const PackedParameters parameters,
                     ReadParameters<PackedParameters>(in));
    if (parameters.bits > shape.width * 8)
      return Damaged("the packed values have too many bits");
    const size_t octets = PackedOctets(shape.count, parameters.bits);
    Scratch packed;
    packed->resize(octets + 2 * kWordOctets);
    RETURN_IF_ERROR(in.ReadInto(MutableBytes(*packed).first(octets)));
    std::memset(packed->data() + octets, 0, 2 * kWordOctets);
    const uint32_t rest = (uint64_t{shape.count} * parameters.bits) % 8;
    if (rest != 0 && (*packed)[octets - 1] >> rest != 0)
      return Damaged("bits are set behind the last value");
    ColumnValues column;
    column.values.resize(shape.value_octets);
    WithUnsigned(shape.width, [&]<typename T>(T) {
      const T lowest = static_cast<T>(FromZigzag(parameters.lowest));
      const auto unpack =
          parameters.bits <= kWordBits - 7 ? Unpack<T, false> : Unpack<T, true>;
      unpack(packed->data(), shape.count, lowest, parameters.bits,
             column.values.data());
    });
    return column;
  }
};

}  // namespace

const Encoding& PackedEncoding() {
  static const Packed encoding;
  return encoding;
}

}  // namespace pgbale
