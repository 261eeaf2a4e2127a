// How much memory something takes, by operator new. A program that uses this
// counts all of it, but not under a sanitizer, which has an allocator of its
// own.

#ifndef PGBALE_TESTS_SUPPORT_MEMORY_H_
#define PGBALE_TESTS_SUPPORT_MEMORY_H_

#include <cstdint>

namespace pgbale {

// From its construction on, for all threads. One at a time.
class PeakMemory {
 public:
  PeakMemory();
  // The most that was allocated at a time beyond what was before; 0 where it
  // is not counted.
  uint64_t octets() const;

 private:
  const int64_t before_;
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_MEMORY_H_
