// A picture of a benchmark, drawn by gnuplot.

#ifndef PGBALE_ENGINE_BENCH_PLOT_H_
#define PGBALE_ENGINE_BENCH_PLOT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/cancel.h"
#include "engine/bench/report.h"

namespace pgbale {

// Before anything is measured. Errors: kUsage if the name of `file` ends in
// neither .svg nor .png; kError if gnuplot is not installed.
absl::Status CheckCanPlot(absl::string_view file);

// What gnuplot is to be told, to draw into `picture`: bars of median seconds,
// one panel for dumps and one for restores, with the spread as error bars.
std::string PlotScript(const BenchReport& report, absl::string_view picture);

// Draws into the new file `picture`, of which the name tells the format.
// `folder` takes the script. Errors: kError with gnuplot's message.
absl::Status Plot(const BenchReport& report, const std::string& picture,
                  const std::string& folder, CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_PLOT_H_
