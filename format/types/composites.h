// Codecs of values that are made of values of another type.

#ifndef PGBALE_FORMAT_TYPES_COMPOSITES_H_
#define PGBALE_FORMAT_TYPES_COMPOSITES_H_

#include <cstdint>
#include <memory>

#include "format/types/type_codec.h"

namespace pgbale {

// For all three, `element` must remain live while the codec is in use.

// `delimiter` is what stands between two elements.
std::unique_ptr<TypeCodec> MakeArrayCodec(uint32_t element_oid, char delimiter,
                                          const TypeCodec& element);
std::unique_ptr<TypeCodec> MakeRangeCodec(const TypeCodec& element);
// `element` is the range's.
std::unique_ptr<TypeCodec> MakeMultirangeCodec(const TypeCodec& element);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_COMPOSITES_H_
