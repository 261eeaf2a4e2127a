#include "engine/bench/plot.h"

#include "tests/engine/bench/reports.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(Plot, FormatIsThatOfTheName) {
  EXPECT_THAT(PlotScript(MakeReport(), "a.svg"),
              HasSubstr("set terminal svg "));
  EXPECT_THAT(PlotScript(MakeReport(), "a.png"),
              HasSubstr("set terminal pngcairo "));
  EXPECT_THAT(CheckCanPlot("a.pdf"),
              StatusMessageHas("\"a.pdf\" ends in neither .svg nor .png"));
}

TEST(Plot, MissingGnuplotIsAnErrorThatNamesThePackage) {
  const std::string before = getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const absl::Status status = CheckCanPlot("a.svg");
  setenv("PATH", before.c_str(), 1);
  EXPECT_THAT(status, FailsWith(Failure::kError));
  EXPECT_THAT(HintOf(status), HasSubstr("gnuplot-nox"));
}

TEST(Plot, BarsHaveMedianAndSpread) {
  EXPECT_THAT(PlotScript(MakeReport(), "a.svg"),
              HasSubstr("$data1 << EOD\n"
                        "0 4.000000 4.000000 4.000000 0x2a6f97\n"
                        "1 5.000000 5.000000 10.000000 0xb0b7bf\nEOD\n"));
}

TEST(Plot, FailedProgramsHaveNoBar) {
  BenchReport report = MakeReport();
  report.contestants[1].dump.runs.pop_back();
  report.contestants[1].restore.runs.clear();
  EXPECT_THAT(PlotScript(report, "a.svg"), Not(HasSubstr("pg_dump")));
}

// gnuplot runs what stands between backquotes.
TEST(Plot, NamesCannotLeaveTheirQuotes) {
  const std::string script = PlotScript(MakeReport(), "a.svg");
  EXPECT_THAT(script, HasSubstr("sh?o''p"));
  EXPECT_THAT(script, Not(HasSubstr("`")));
}

TEST(Plot, GnuplotDrawsIt) {
  if (!CheckCanPlot("a.svg").ok())
    GTEST_SKIP() << "gnuplot-nox is not installed";
  const TempDir folder;
  CancelToken cancel;
  for (const std::string name : {"a.svg", "a.png"}) {
    EXPECT_OK(Plot(MakeReport(), folder.File(name), folder.path(), cancel));
    EXPECT_THAT(folder.Read(name), SizeIs(Gt(1000U))) << name;
  }
}

}  // namespace
}  // namespace pgbale
