// How the values of a column become streams. One file and one line in
// encodings.def for each encoding; NULLs are not their concern.
//
// Encodings have no state: thread-safe.

#ifndef PGBALE_FORMAT_ENCODINGS_ENCODING_H_
#define PGBALE_FORMAT_ENCODINGS_ENCODING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/row_batch.h"
#include "format/stream.h"

namespace pgbale {

// What is known of a column's values before they are decoded.
struct ColumnShape {
  uint32_t width = 0;         // 0: the lengths vary
  uint32_t count = 0;         // of the values that are not NULL
  uint64_t value_octets = 0;  // of all of them; within the limits
};

struct ColumnValues {
  Buffer values;                  // ColumnShape::value_octets
  std::vector<uint32_t> lengths;  // ColumnShape::count, if width == 0
};

// How a column is encoded: by which encoding, and, if that one makes columns of
// its own (lengths, differences, …), how each of those is. What is left open
// is chosen by who encodes, and noted here: the plan of one chunk serves for
// the next one of the same table.
struct EncodingPlan {
  static constexpr uint32_t kOpen = 0xffffffff;

  uint32_t id = kOpen;  // format/encodings/encodings.def
  uint32_t depth = 0;   // 0 for a table's column, 1 for those it is made of
  std::vector<EncodingPlan> parts;

  // Not of the plan: what the encoding found on its way, if it did. The values
  // of the table's column that differ, each once, as they first appear.
  std::optional<Column> different = std::nullopt;

  // Of the `index`-th column that it makes.
  EncodingPlan& Part(size_t index);
};

class Encoding {
 public:
  enum class Fit {
    kNone,      // cannot hold this column
    kPossible,  // can, as far as it looked; how well depends on the values
    kPerfect,   // better than any later one in the table
  };

  virtual ~Encoding() = default;

  // Looks at as little of the column as it can.
  virtual Fit FitOf(const Column& column) const = 0;
  // True if it makes columns of its own.
  virtual bool has_parts() const { return false; }
  // False if a sample does not tell what it makes of the whole.
  virtual bool is_sampled() const { return true; }
  // False if it turns out that the column does not fit; `out` then holds what
  // has to be taken back.
  // REQUIRES: FitOf(column) != kNone; plan.id is this one's
  virtual bool Encode(const Column& column, EncodingPlan& plan,
                      StreamWriter& out) const = 0;
  // kDamaged if the streams are not what Encode makes of such a shape. The
  // result is as `shape` says. Columns of its own take no more memory than
  // the result.
  virtual absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                              StreamReader& in) const = 0;
};

// The encoding for `column`, at `plan.depth`: the first perfect one, else the
// one that makes least of a sample, or of all, where that must be tried. Sets
// plan.id and leaves its parts open.
void ChooseEncoding(const Column& column, int level, EncodingPlan& plan);

// Appends the streams of the values, as `plan` says; what it leaves open, or
// does not fit the column, is chosen.
void EncodeValues(const Column& column, EncodingPlan& plan, StreamWriter& out);

// The plan that holds any column, in two streams at most.
EncodingPlan SimplePlan(const Column& column);

// The values that encoding `id` made streams of. kDamaged if they do not fit
// `shape`; kError if there is no such encoding in this version.
// REQUIRES: `shape` is within the limits
absl::StatusOr<ColumnValues> DecodeValues(uint32_t id, const ColumnShape& shape,
                                          StreamReader& in);

// Reads a stream of values of varying length into `column`, whose lengths are
// there. kDamaged if they do not add up to what `shape` says.
absl::Status ReadValuesOfLengths(const ColumnShape& shape, StreamReader& in,
                                 ColumnValues& column);

// nullptr for an id that this version does not know.
const Encoding* FindEncoding(uint32_t id);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENCODINGS_ENCODING_H_
