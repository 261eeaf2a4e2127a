// A buffer for the length of a scope, whose memory the thread keeps for the
// next one, unless it grew large: a giant row must not cost its memory for
// ever.
//
// One thread at a time.

#ifndef PGBALE_FORMAT_SCRATCH_H_
#define PGBALE_FORMAT_SCRATCH_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace pgbale {

class Scratch {
 public:
  Scratch() {
    if (Kept().empty()) return;
    buffer_ = std::move(Kept().back());
    Kept().pop_back();
    buffer_.clear();
  }
  ~Scratch() {
    if (buffer_.capacity() <= kKeptOctetsMax)
      Kept().push_back(std::move(buffer_));
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Empty at first.
  Buffer& operator*() { return buffer_; }
  Buffer* operator->() { return &buffer_; }

 private:
  // A few chunks of the usual 4 MiB.
  static constexpr size_t kKeptOctetsMax = 16 << 20;

  static std::vector<Buffer>& Kept() {
    thread_local std::vector<Buffer> kept;
    return kept;
  }

  Buffer buffer_;
};

}  // namespace pgbale

#endif  // PGBALE_FORMAT_SCRATCH_H_
