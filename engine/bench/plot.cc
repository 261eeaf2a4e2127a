#include "engine/bench/plot.h"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "base/process.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bench/spread.h"

namespace pgbale {
namespace {

constexpr const char* kGnuplot = "gnuplot";

// Pixels.
constexpr size_t kWidth = 960;
constexpr size_t kTitleHeight = 90;
constexpr size_t kPanelHeight = 108;
constexpr size_t kBarHeight = 36;
constexpr size_t kCharacterWidth = 8;

constexpr const char* kOurColour = "0x2a6f97";
constexpr const char* kTheirColour = "0xb0b7bf";

struct Bar {
  std::string name;
  Spread seconds;
  std::string label;  // at its end
};

struct Panel {
  std::string title;
  std::vector<Bar> bars;
};

// Between single quotes gnuplot replaces nothing; backquotes, by which it runs
// commands elsewhere, are taken out all the same.
std::string GnuplotText(absl::string_view text) {
  return absl::StrCat(
      "'", absl::StrReplaceAll(Printable(text), {{"'", "''"}, {"`", "?"}}),
      "'");
}

Panel MakePanel(const BenchReport& report, absl::string_view title,
                BenchSeries Contestant::*series) {
  Panel panel{std::string(title), {}};
  const BenchSeries& ours = report.contestants.front().*series;
  for (const Contestant& contestant : report.contestants) {
    const BenchSeries& theirs = contestant.*series;
    if (!IsComplete(theirs, ours)) continue;
    const Spread seconds = SpreadOf(SecondsOf(theirs));
    std::string label = absl::StrCat(ThreeDigits(seconds.median), " s");
    if (&theirs != &ours)
      absl::StrAppendFormat(
          &label, "   (pgbale takes %.2f of it)",
          SpreadOf(RatiosOf(SecondsOf(ours), SecondsOf(theirs))).median);
    panel.bars.push_back({contestant.name, seconds, std::move(label)});
  }
  return panel;
}

std::vector<Panel> MakePanels(const BenchReport& report) {
  std::vector<Panel> panels;
  for (Panel& panel :
       std::vector<Panel>{MakePanel(report, "Dump", &Contestant::dump),
                          MakePanel(report, "Restore", &Contestant::restore)})
    if (!panel.bars.empty()) panels.push_back(std::move(panel));
  return panels;
}

std::string Title(const BenchReport& report) {
  const BenchSetting& setting = report.setting;
  const std::string first = absl::StrCat(
      "Database ", Quoted(setting.database), ": ",
      HumanBytes(setting.database_bytes), ", ", HumanCount(report.rows),
      " rows; PostgreSQL ", setting.server_version);
  const std::string second = absl::StrCat(
      setting.processors, " × ", setting.processor, ", ",
      HumanBytes(setting.memory_bytes), "; ", report.jobs,
      report.jobs == 1 ? " job; median of " : " jobs; median of ", report.runs,
      report.runs == 1 ? " run; "
                       : " runs in turns, lines from lowest to highest; ",
      report.started_at.substr(0, report.started_at.find('T')));
  return absl::StrCat(GnuplotText(first), ".\"\\n\".", GnuplotText(second));
}

size_t LongestName(const std::vector<Panel>& panels) {
  size_t longest = 0;
  for (const Panel& panel : panels)
    for (const Bar& bar : panel.bars)
      longest = std::max(longest, bar.name.size());
  return longest;
}

// Where the panel stands, from the picture's top, in pixels of `height`.
std::string Margins(const Panel& panel, size_t top, size_t height) {
  const size_t bars = panel.bars.size() * kBarHeight;
  const auto at = [height](size_t pixel) {
    return 1 - static_cast<double>(pixel) / static_cast<double>(height);
  };
  return absl::StrFormat(
      "set tmargin at screen %.4f\nset bmargin at screen %.4f\n", at(top + 35),
      at(top + 35 + bars));
}

std::string PanelScript(const Panel& panel, size_t number) {
  double longest = 0;
  std::string data = absl::StrFormat("$data%d << EOD\n", number);
  std::string names;
  std::string labels = "unset label\n";
  for (size_t i = 0; i < panel.bars.size(); ++i) {
    const Bar& bar = panel.bars[i];
    longest = std::max(longest, bar.seconds.highest);
    absl::StrAppendFormat(&data, "%d %.6f %.6f %.6f %s\n", i,
                          bar.seconds.median, bar.seconds.lowest,
                          bar.seconds.highest,
                          i == 0 ? kOurColour : kTheirColour);
    absl::StrAppendFormat(&names, "%s%s %d", i == 0 ? "" : ", ",
                          GnuplotText(bar.name), i);
    absl::StrAppendFormat(&labels,
                          "set label %s at first %.6f, %d left offset "
                          "character 1, 0 noenhanced\n",
                          GnuplotText(bar.label), bar.seconds.highest, i);
  }
  return absl::StrCat(
      data, "EOD\n", labels, "set title ", GnuplotText(panel.title),
      " offset 0, -0.4 font ':bold' noenhanced\nset ytics (", names,
      ") noenhanced\n",
      // Room for the label of the longest bar.
      absl::StrFormat("set xrange [0:%.6f]\n", longest * 1.5),
      absl::StrFormat("set yrange [%d - 0.4:-0.6]\n", panel.bars.size()),
      absl::StrFormat(
          "plot $data%1$d using ($2/2):1:($2/2):(0.32):5 with boxxyerror "
          "fillstyle solid 1 noborder linecolor rgb variable notitle, "
          "$data%1$d using 2:1:3:4 with xerrorbars pointtype -1 linewidth "
          "1.5 linecolor rgb '#222222' notitle\n",
          number));
}

}  // namespace

absl::Status CheckCanPlot(absl::string_view file) {
  if (!absl::EndsWith(file, ".svg") && !absl::EndsWith(file, ".png"))
    return MakeError(Failure::kUsage,
                     absl::StrCat("option --plot: ", Quoted(file),
                                  " ends in neither .svg nor .png"));
  if (FindProgram(kGnuplot).has_value()) return absl::OkStatus();
  return WithHint(MakeError(Failure::kError,
                            "option --plot needs gnuplot, which is not "
                            "installed"),
                  "On Debian: apt-get install gnuplot-nox.");
}

std::string PlotScript(const BenchReport& report, absl::string_view picture) {
  const std::vector<Panel> panels = MakePanels(report);
  size_t height = kTitleHeight;
  for (const Panel& panel : panels)
    height += kPanelHeight + panel.bars.size() * kBarHeight;
  const bool svg = absl::EndsWith(picture, ".svg");
  std::string script = absl::StrFormat(
      "set terminal %s size %d,%d font 'sans,%d' background rgb 'white'\n"
      "set output %s\n"
      "set multiplot title %s noenhanced font 'sans,%d'\n"
      "set border 1\nset xtics nomirror out\nset ytics nomirror scale 0\n"
      "set grid xtics linetype 1 linecolor rgb '#dddddd'\n"
      "set xlabel 'seconds' offset 0, 0.5 noenhanced\n"
      "set lmargin at screen %.4f\nset rmargin at screen 0.97\n",
      svg ? "svg" : "pngcairo", kWidth, height, svg ? 13 : 10,
      GnuplotText(picture), Title(report), svg ? 14 : 11,
      static_cast<double>(
          std::min(LongestName(panels) * kCharacterWidth + 20, kWidth / 2)) /
          static_cast<double>(kWidth));
  size_t top = kTitleHeight - 25;
  for (size_t i = 0; i < panels.size(); ++i) {
    absl::StrAppend(&script, Margins(panels[i], top, height),
                    PanelScript(panels[i], i));
    top += kPanelHeight + panels[i].bars.size() * kBarHeight;
  }
  return script + "unset multiplot\nunset output\n";
}

absl::Status Plot(const BenchReport& report, const std::string& picture,
                  const std::string& folder, CancelToken& cancel) {
  const std::string script = absl::StrCat(folder, "/plot.gnuplot");
  std::ofstream(script) << PlotScript(report, picture);
  ASSIGN_OR_RETURN(
      const ProcessOutcome outcome,
      RunProcess({.words = {kGnuplot, script}, .set = {{"LC_ALL", "C.UTF-8"}}},
                 cancel));
  if (outcome.exit_code == 0) return absl::OkStatus();
  return MakeError(Failure::kError,
                   absl::StrCat("gnuplot failed: ", outcome.err));
}

}  // namespace pgbale
