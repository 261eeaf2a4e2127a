#include "engine/bench/spread.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pgbale {

Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1
                            ? values[middle]
                            : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

std::vector<double> RatiosOf(const std::vector<double>& ours,
                             const std::vector<double>& theirs) {
  std::vector<double> ratios;
  for (size_t turn = 0; turn < ours.size(); ++turn)
    ratios.push_back(ours[turn] / theirs[turn]);
  return ratios;
}

std::string ThreeDigits(double value) {
  if (value <= 0) return "0";
  // Of the value as it will be rounded: 9.996 is 10.0.
  const int exponent =
      static_cast<int>(std::floor(std::log10(value * (1 + 0.0005))));
  return absl::StrFormat("%.*f", std::clamp(2 - exponent, 0, 4), value);
}

std::string SpreadText(const Spread& spread) {
  return absl::StrCat(ThreeDigits(spread.median), " (",
                      ThreeDigits(spread.lowest), " – ",
                      ThreeDigits(spread.highest), ")");
}

}  // namespace pgbale
