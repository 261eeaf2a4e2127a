// Values of 2, 4, 8 or 16 octets, transposed (format/transpose.h), in one
// stream.

#include "format/encodings/encoding.h"
#include "format/errors.h"
#include "format/scratch.h"
#include "format/transpose.h"

namespace pgbale {
namespace {

class Transposed : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return CanTranspose(column.width()) ? Fit::kPossible : Fit::kNone;
  }

  bool Encode(const Column& column, EncodingPlan& /*plan*/,
              StreamWriter& out) const override {
    Scratch planes;
    planes->resize(column.values().size());
    Transpose(column.width(), planes->size() / column.width(),
              column.values().data(), planes->data());
    out.Append(*planes);
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (!CanTranspose(shape.width))
      return Damaged("the values are of no width that is transposed");
    Scratch planes;
    planes->resize(shape.value_octets);
    RETURN_IF_ERROR(in.ReadInto(MutableBytes(*planes)));
    ColumnValues column;
    column.values.resize(shape.value_octets);
    Untranspose(shape.width, shape.count, planes->data(), column.values.data());
    return column;
  }
};

}  // namespace

const Encoding& TransposedEncoding() {
  static const Transposed encoding;
  return encoding;
}

}  // namespace pgbale
