// Columns that came as text and are stored in the binary form of their type:
// smaller, and encoded by what suits their values. Only what prints back to
// the identical text is: no octet of a dump changes.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_TYPED_COLUMN_H_
#define PGBALE_FORMAT_TYPED_COLUMN_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "format/row_batch.h"
#include "format/types/type_codec.h"

namespace pgbale {

// nullptr for a type whose text is never stored in another form: it has no
// codec, or the text is as good, or few octets may mean a very long one.
const BuiltInType* FindTypedType(uint32_t oid);

// `text` in the binary form of `type`; nullopt unless every value prints back.
// REQUIRES: text.width() == 0
std::optional<Column> ToTyped(const Column& text, const BuiltInType& type);

// The text of which `typed` was made, `text_octets` in all. kDamaged if one is
// no value of `type`, or they do not add up: a little more memory than that is
// taken at most.
// REQUIRES: typed.width() == type.width; `text_octets` is within the limits
absl::StatusOr<Column> ToText(Column typed, const BuiltInType& type,
                              uint64_t text_octets);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPED_COLUMN_H_
