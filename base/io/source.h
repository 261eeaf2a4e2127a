// Where an archive is read from, at any position.
//
// Thread-safe.

#ifndef PGBALE_BASE_IO_SOURCE_H_
#define PGBALE_BASE_IO_SOURCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"

namespace pgbale {

class Source {
 public:
  virtual ~Source() = default;

  // Fills all of `out` from `position`, or fails. Past the end: kIncomplete.
  virtual absl::Status ReadAt(uint64_t position, MutableBytes out) = 0;

  // Octets in all; fixed while the source is open.
  virtual uint64_t size() const = 0;

  // For messages.
  virtual absl::string_view name() const = 0;
};

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_SOURCE_H_
