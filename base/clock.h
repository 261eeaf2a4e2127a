// Time for durations, sums of them, and rates; never goes back.

#ifndef PGBALE_BASE_CLOCK_H_
#define PGBALE_BASE_CLOCK_H_

#include <atomic>
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

// What many threads took, all together. Thread-safe.
class SecondsSum {
 public:
  void Add(double seconds) { sum_ += seconds; }
  double seconds() const { return sum_; }

 private:
  std::atomic<double> sum_{0};
};

}  // namespace pgbale

#endif  // PGBALE_BASE_CLOCK_H_
