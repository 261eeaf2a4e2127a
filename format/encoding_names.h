// Encodings of columns, named for people.
//
// Pure functions; any thread.

#ifndef PGBALE_FORMAT_ENCODING_NAMES_H_
#define PGBALE_FORMAT_ENCODING_NAMES_H_

#include <cstdint>
#include <string>

namespace pgbale {

// "Transposed"; "encoding 99" for one that this version does not know.
std::string EncodingName(uint32_t id);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_ENCODING_NAMES_H_
