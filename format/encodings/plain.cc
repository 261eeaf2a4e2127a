// Values of a fixed width as they are, one behind the other, in one stream.

#include "format/encodings/encoding.h"
#include "format/errors.h"

namespace pgbale {
namespace {

class Plain : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return column.width() != 0 ? Fit::kPossible : Fit::kNone;
  }

  bool Encode(const Column& column, EncodingPlan& /*plan*/,
              StreamWriter& out) const override {
    out.Append(column.values());
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (shape.width == 0) return Damaged("the values are of no fixed width");
    ColumnValues column;
    ASSIGN_OR_RETURN(column.values, in.Read(shape.value_octets));
    return column;
  }
};

}  // namespace

const Encoding& PlainEncoding() {
  static const Plain encoding;
  return encoding;
}

}  // namespace pgbale
