// The least and the greatest value of a column in one chunk, so that a reader
// who looks for some values can pass over chunks that have none of them.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_VALUE_RANGE_H_
#define PGBALE_FORMAT_VALUE_RANGE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "format/row_batch.h"

namespace pgbale {

// How values compare, in COPY's binary form. Frozen in the file format; an
// order that is not known is as good as none.
enum class ValueOrder : uint8_t {
  kNone = 0,
  // Octet by octet, the shorter first if it begins the longer: unsigned
  // integers, uuid, bytea. Texts, too: as the collation "C" has them, and good
  // to look for equal ones under any other that is deterministic.
  kOctets = 1,
  kInteger = 2,  // signed, big-endian, 2, 4 or 8 octets: also times
  kFloat = 3,    // -0 equals 0, and a NaN is above all others
  kNumeric = 4,  // likewise
};

// That of a built-in type; kNone if it has none that can be told from octets.
ValueOrder OrderOf(uint32_t type_oid);
// True if the type's text is its binary form: text, json and the like. Only
// these have an order in the text form of COPY.
bool IsTextLike(uint32_t type_oid);

// What is known of the values that are not NULL.
struct ValueRange {
  ValueOrder order = ValueOrder::kNone;  // kNone: nothing
  // No value is below it. A long one is cut off, to fewer octets.
  std::string lowest;
  // No value is above it, unless it begins with it and `highest_is_cut`.
  std::string highest;
  bool highest_is_cut = false;

  bool operator==(const ValueRange&) const = default;
};

// Of all values of `column`. nullopt if there are none, or if one is not what
// `order` asks for: that is no error.
std::optional<ValueRange> RangeOf(const Column& column, ValueOrder order);

// False if no value in `range` is between `low` and `high`, both included;
// nullopt: no bound. True if it may, or if nothing is known. Bounds are values
// as they would stand in the column; one that is not of its type is no bound.
bool MayHold(const ValueRange& range, std::optional<Bytes> low,
             std::optional<Bytes> high);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_VALUE_RANGE_H_
