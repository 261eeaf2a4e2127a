// The shortest text that is read back as the same number, for all types that
// are made of floating-point numbers. T is float or double.

#ifndef PGBALE_FORMAT_TYPES_FLOATS_H_
#define PGBALE_FORMAT_TYPES_FLOATS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace pgbale {

template <typename T>
void AppendFloat(T value, std::string& text);

// False unless AppendFloat makes exactly `text` of `value`.
template <typename T>
bool ParseFloat(absl::string_view text, T& value);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_FLOATS_H_
