// No value at all: every row is NULL, or there is no row. No streams.

#include "format/encodings/encoding.h"
#include "format/errors.h"

namespace pgbale {
namespace {

class Absent : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    return column.rows() == column.nulls() ? Fit::kPerfect : Fit::kNone;
  }

  bool Encode(const Column& /*column*/, EncodingPlan& /*plan*/,
              StreamWriter& /*out*/) const override {
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& /*in*/) const override {
    if (shape.count != 0 || shape.value_octets != 0)
      return Damaged("values are missing");
    return ColumnValues();
  }
};

}  // namespace

const Encoding& AbsentEncoding() {
  static const Absent encoding;
  return encoding;
}

}  // namespace pgbale
