// How many threads can work at a time.
//
// Thread-safe.

#ifndef PGBALE_BASE_SCHED_PROCESSORS_H_
#define PGBALE_BASE_SCHED_PROCESSORS_H_

#include <algorithm>
#include <thread>

namespace pgbale {

// The processors that this process may use; 1 or more.
inline int Processors() {
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace pgbale

#endif  // PGBALE_BASE_SCHED_PROCESSORS_H_
