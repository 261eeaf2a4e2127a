// One value, as often as there are values. One stream: the value.

#include <algorithm>
#include <cstring>

#include "format/encodings/encoding.h"
#include "format/errors.h"

namespace pgbale {
namespace {

// Fills `all` with copies of its first `length` octets.
void Repeat(size_t length, MutableBytes all) {
  for (size_t done = length; done < all.size();) {
    const size_t more = std::min(done, all.size() - done);
    std::memcpy(all.data() + done, all.data(), more);
    done += more;
  }
}

bool LengthsAreEqual(const Column& column) {
  const auto lengths = column.lengths();
  return std::all_of(lengths.begin(), lengths.end(),
                     [&](uint32_t length) { return length == lengths[0]; });
}

class Constant : public Encoding {
 public:
  Fit FitOf(const Column& column) const override {
    const Bytes values = column.values();
    const size_t count = column.rows() - column.nulls();
    if (count < 2 || !LengthsAreEqual(column)) return Fit::kNone;
    const size_t length = values.size() / count;
    // All are equal if each is equal to the next.
    const bool equal =
        values.empty() || std::memcmp(values.data(), values.data() + length,
                                      values.size() - length) == 0;
    return equal ? Fit::kPerfect : Fit::kNone;
  }

  bool Encode(const Column& column, EncodingPlan& plan,
              StreamWriter& out) const override {
    const size_t count = column.rows() - column.nulls();
    const Bytes value = column.values().first(column.values().size() / count);
    out.Append(value);
    if (plan.depth == 0) plan.different.emplace(column.width()).Append(value);
    return true;
  }

  absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                      StreamReader& in) const override {
    if (shape.count == 0 || shape.value_octets % shape.count != 0)
      return Damaged("a constant does not fit its count");
    const uint64_t length = shape.value_octets / shape.count;
    ColumnValues column;
    column.values.resize(shape.value_octets);
    const MutableBytes all(column.values);
    RETURN_IF_ERROR(in.ReadInto(all.first(length)));
    if (length != 0) Repeat(length, all);
    if (shape.width == 0)
      column.lengths.assign(shape.count, static_cast<uint32_t>(length));
    return column;
  }
};

}  // namespace

const Encoding& ConstantEncoding() {
  static const Constant encoding;
  return encoding;
}

}  // namespace pgbale
