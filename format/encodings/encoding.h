// How the values of a column become streams. One file and one line in
// encodings.def for each encoding; NULLs are not their concern.
//
// Encodings have no state: thread-safe.

#ifndef PGBALE_FORMAT_ENCODINGS_ENCODING_H_
#define PGBALE_FORMAT_ENCODINGS_ENCODING_H_

#include <cstdint>
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

class Encoding {
 public:
  enum class Fit {
    kNone,      // cannot hold this column
    kPossible,  // can; how well depends on the values
    kPerfect,   // better than any later one in the table
  };

  virtual ~Encoding() = default;

  virtual Fit FitOf(const Column& column) const = 0;
  // REQUIRES: FitOf(column) != kNone
  virtual void Encode(const Column& column, StreamWriter& out) const = 0;
  // kDamaged if the streams are not what Encode makes of such a shape. The
  // result is as `shape` says.
  virtual absl::StatusOr<ColumnValues> Decode(const ColumnShape& shape,
                                              StreamReader& in) const = 0;
};

struct EncodingChoice {
  uint32_t id = 0;
  const Encoding* encoding = nullptr;
};

// The encoding for `column`: the first perfect one, else the one that makes
// least of a sample at compression `level`.
EncodingChoice ChooseEncoding(const Column& column, int level);

// nullptr for an id that this version does not know.
const Encoding* FindEncoding(uint32_t id);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENCODINGS_ENCODING_H_
