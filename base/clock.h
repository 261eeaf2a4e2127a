// Time for durations and rates; never goes back.

#ifndef PGBALE_BASE_CLOCK_H_
#define PGBALE_BASE_CLOCK_H_

#include <chrono>

namespace pgbale {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace pgbale

#endif  // PGBALE_BASE_CLOCK_H_
