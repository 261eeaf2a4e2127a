// Where an archive goes: append-only, so that a pipe or an object store can
// be one.
//
// One thread at a time.

#ifndef PGBALE_BASE_IO_SINK_H_
#define PGBALE_BASE_IO_SINK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"

namespace pgbale {

class Sink {
 public:
  // Without a Finish that returned OK, nothing stands under the final name.
  virtual ~Sink() = default;

  // Appends all of `data`, or fails; after a failure only destruction is
  // allowed. Errors: kLocalStorage or kRemoteStorage, naming the target, and
  // for a full disk what was needed and what is free.
  virtual absl::Status Append(Bytes data) = 0;

  // Makes everything durable and visible under the final name. Called once,
  // last.
  virtual absl::Status Finish() = 0;

  // Octets appended so far.
  virtual uint64_t position() const = 0;

  // For messages.
  virtual absl::string_view name() const = 0;
};

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_SINK_H_
