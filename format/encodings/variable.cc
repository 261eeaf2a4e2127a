// Values of varying length, in two streams: their lengths, as transposed
// little-endian 32-bit integers, then the values, one behind the other.

#include <bit>

#include "base/endian.h"
#include "format/encodings/encoding.h"
#include "format/errors.h"
#include "format/scratch.h"
#include "format/transpose.h"

namespace pgbale {
namespace {

constexpr size_t kLengthOctets = sizeof(uint32_t);

// From or to the machine's order of octets.
void SwapOnBigEndian(std::vector<uint32_t>& lengths) {
  if constexpr (std::endian::native == std::endian::big) {
    for (uint32_t& length : lengths) length = ByteSwap(length);
  }
}

void WriteLengths(absl::Span<const uint32_t> lengths, StreamWriter& out) {
  std::vector<uint32_t> swapped;
  if constexpr (std::endian::native == std::endian::big) {
    swapped.assign(lengths.begin(), lengths.end());
    SwapOnBigEndian(swapped);
    lengths = swapped;
  }
  Scratch planes;
  planes->resize(lengths.size() * kLengthOctets);
  Transpose(kLengthOctets, lengths.size(),
            reinterpret_cast<const uint8_t*>(lengths.data()), planes->data());
  out.Append(*planes);
}

absl::StatusOr<std::vector<uint32_t>> ReadLengths(uint32_t count,
                                                  StreamReader& in) {
  Scratch planes;
  planes->resize(size_t{count} * kLengthOctets);
  RETURN_IF_ERROR(in.ReadInto(MutableBytes(*planes)));
  std::vector<uint32_t> lengths(count);
  Untranspose(kLengthOctets, count, planes->data(),
              reinterpret_cast<uint8_t*>(lengths.data()));
  SwapOnBigEndian(lengths);
  return lengths;
}

class Variable : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return column.width() == 0 ? Fit::kPossible : Fit::kNone;
  }

  bool Encode(const Column& column, EncodingPlan& /*plan*/,
              StreamWriter& out) const override {
    WriteLengths(column.lengths(), out);
    out.Append(column.values());
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (shape.width != 0) return Damaged("the values are of a fixed width");
    ColumnValues column;
    ASSIGN_OR_RETURN(column.lengths, ReadLengths(shape.count, in));
    RETURN_IF_ERROR(ReadValuesOfLengths(shape, in, column));
    return column;
  }
};

}  // namespace

const Encoding& VariableEncoding() {
  static const Variable encoding;
  return encoding;
}

}  // namespace pgbale
