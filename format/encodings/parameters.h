// What an encoding has to say beside its values: fields (format/fields.h) in a
// stream of their own, in front of the others, never compressed.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_ENCODINGS_PARAMETERS_H_
#define PGBALE_FORMAT_ENCODINGS_PARAMETERS_H_

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "format/fields.h"
#include "format/stream.h"

namespace pgbale {

inline constexpr uint64_t kParametersOctetsMax = 1024;

// Puts them in front of the streams that were appended since `mark`.
template <typename P>
void InsertParameters(const P& parameters, const StreamWriter::Mark& mark,
                      StreamWriter& out) {
  Buffer octets;
  FieldEncoder encoder(octets);
  Describe(encoder, parameters);
  out.Insert(mark, octets);
}

template <typename P>
absl::StatusOr<P> ReadParameters(StreamReader& in) {
  ASSIGN_OR_RETURN(const Buffer octets, in.ReadUpTo(kParametersOctetsMax));
  return DecodeFields<P>(octets);
}

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENCODINGS_PARAMETERS_H_
