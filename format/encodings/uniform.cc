// Values of varying length that are all of one: a column of that width.
// Streams: parameters, then those of the column.

#include <algorithm>
#include <cstring>

#include "format/encodings/encoding.h"
#include "format/encodings/integers.h"
#include "format/encodings/parameters.h"
#include "format/encodings/part.h"
#include "format/errors.h"

namespace pgbale {
namespace {

struct UniformParameters {
  uint32_t values = 0;
};

template <typename Io>
void Describe(Io& io, Either<UniformParameters> auto& parameters) {
  io.Number(1, parameters.values);
}

class Uniform : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    const auto lengths = column.lengths();
    if (lengths.empty() || lengths[0] == 0) return Fit::kNone;
    const bool equal =
        std::all_of(lengths.begin(), lengths.end(),
                    [&](uint32_t length) { return length == lengths[0]; });
    return equal ? Fit::kPossible : Fit::kNone;
  }

  bool has_parts() const override { return true; }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const StreamWriter::Mark start = out.mark();
    Part values(column.lengths()[0], CountOf(column));
    std::memcpy(values.values(), column.values().data(),
                column.values().size());
    EncodeValues(values.Finish(), plan.Part(0), out);
    InsertParameters(UniformParameters{.values = plan.Part(0).id}, start, out);
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (shape.width != 0 || shape.count == 0 || shape.value_octets == 0 ||
        shape.value_octets % shape.count != 0)
      return Damaged("the values cannot be of one length");
    ASSIGN_OR_RETURN(const UniformParameters parameters,
                     ReadParameters<UniformParameters>(in));
    const uint32_t width =
        static_cast<uint32_t>(shape.value_octets / shape.count);
    ASSIGN_OR_RETURN(ColumnValues column,
                     DecodeValues(parameters.values,
                                  {.width = width,
                                   .count = shape.count,
                                   .value_octets = shape.value_octets},
                                  in));
    column.lengths.assign(shape.count, width);
    return column;
  }
};

}  // namespace

const Encoding& UniformEncoding() {
  static const Uniform encoding;
  return encoding;
}

}  // namespace pgbale
