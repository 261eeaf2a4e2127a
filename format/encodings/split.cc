// Values of varying length: their lengths, as a column of its own, and the
// values, one behind the other. Streams: parameters, those of the lengths, and
// the values.

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct SplitParameters {
  uint32_t lengths = 0;
};

template <typename Io>
void Describe(Io& io, Either<SplitParameters> auto& parameters) {
  io.Number(1, parameters.lengths);
}

class Split : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return column.width() == 0 && CountOf(column) != 0 ? Fit::kPossible
                                                       : Fit::kNone;
  }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const StreamWriter::Mark start = out.mark();
    Part lengths(sizeof(uint32_t), CountOf(column));
    StoreLengths(column.lengths(), lengths.values());
    EncodeValues(lengths.Finish(), plan.Part(0), out);
    InsertParameters(SplitParameters{.lengths = plan.Part(0).id}, start, out);
    out.Append(column.values());
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (shape.width != 0) return Damaged("the values are of a fixed width");
    ASSIGN_OR_RETURN(const SplitParameters parameters,
                     ReadParameters<SplitParameters>(in));
    ASSIGN_OR_RETURN(
        const ColumnValues lengths,
        DecodeValues(parameters.lengths,
                     {.width = sizeof(uint32_t),
                      .count = shape.count,
                      .value_octets = sizeof(uint32_t) * uint64_t{shape.count}},
                     in));
    ColumnValues column;
    column.lengths = LengthsOfColumn(lengths.values);
    RETURN_IF_ERROR(ReadValuesOfLengths(shape, in, column));
    return column;
  }
};

}  // namespace

const Encoding& SplitEncoding() {
  static const Split encoding;
  return encoding;
}

}  // namespace pgbale
