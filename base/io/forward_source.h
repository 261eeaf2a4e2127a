// Where an archive is read from its first octet to its last, once: a file, or
// a pipe whose writer is still at work.
//
// One thread at a time.

#ifndef PGBALE_BASE_IO_FORWARD_SOURCE_H_
#define PGBALE_BASE_IO_FORWARD_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "base/cancel.h"
#include "base/io/source.h"

namespace pgbale {

class ForwardSource {
 public:
  virtual ~ForwardSource() = default;

  // Reads into `out` from `position` on and returns how many octets there
  // were: fewer than out.size() only where the archive ends. Waits for what
  // has not been written yet.
  // REQUIRES: `position` was not released
  virtual absl::StatusOr<size_t> ReadUpTo(uint64_t position,
                                          MutableBytes out) = 0;

  // What stands before `position` will not be read again: a pipe keeps in
  // memory what was read and not released.
  virtual void Release(uint64_t position) = 0;

  // For messages.
  virtual absl::string_view name() const = 0;
};

// Reads all of `source`.
std::unique_ptr<ForwardSource> MakeForwardSource(
    std::unique_ptr<Source> source);

// Reads a descriptor that stays the caller's (a pipe, standard input). Reading
// fails with what `cancel` is cancelled with, also while it waits; the token
// must remain live while the source is in use.
std::unique_ptr<ForwardSource> MakeDescriptorSource(int fd,
                                                    absl::string_view name,
                                                    const CancelToken& cancel);

// Opens `path`, a named pipe or a file, and reads it likewise. Of a pipe it
// waits for the first writer, and reads until the last one has ended. Errors:
// kNotFound; kLocalStorage.
absl::StatusOr<std::unique_ptr<ForwardSource>> OpenForward(
    const std::string& path, const CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_BASE_IO_FORWARD_SOURCE_H_
