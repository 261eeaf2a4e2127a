// Figures of several runs, as they are told: never one number alone.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_BENCH_SPREAD_H_
#define PGBALE_ENGINE_BENCH_SPREAD_H_

#include <string>
#include <vector>

namespace pgbale {

struct Spread {
  double median = 0;
  double lowest = 0;
  double highest = 0;
};

// Of an even number of values the median is the mean of the middle two.
// REQUIRES: !values.empty()
Spread SpreadOf(std::vector<double> values);

// Turn by turn, ours ÷ theirs: a slow moment of the machine counts for both.
// REQUIRES: as many of both; theirs above 0
std::vector<double> RatiosOf(const std::vector<double>& ours,
                             const std::vector<double>& theirs);

// Three significant digits: "0.0123", "1.23", "12.3", "123", "1230".
std::string ThreeDigits(double value);

// "1.23 (1.20 – 1.31)": median (lowest – highest).
std::string SpreadText(const Spread& spread);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_SPREAD_H_
