#include "engine/bench/report.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/text.h"
#include "engine/bench/spread.h"

namespace pgbale {
namespace {

using Cells = std::vector<std::string>;

// Characters, of UTF-8: its octets that continue none.
size_t Width(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Columns as wide as they must be, two blanks between, nothing at the end.
std::string Aligned(const std::vector<Cells>& rows) {
  std::vector<size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string out;
  for (const Cells& row : rows) {
    std::string line = "  ";
    for (size_t i = 0; i < row.size(); ++i)
      absl::StrAppend(&line, row[i],
                      std::string(widths[i] + 2 - Width(row[i]), ' '));
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

std::string SecondsText(double seconds) {
  return absl::StrCat(ThreeDigits(seconds), " s");
}

double MedianOf(const std::vector<double>& values) {
  return SpreadOf(values).median;
}

// "?" if one of the runs does not tell.
std::string ServerSeconds(const BenchSeries& series) {
  for (const BenchRun& run : series.runs)
    if (!run.server_cpu_seconds.has_value()) return "?";
  return SecondsText(MedianOf(ValuesOf(
      series, [](const BenchRun& run) { return *run.server_cpu_seconds; })));
}

std::string MedianBytes(const BenchSeries& series, uint64_t BenchRun::*member) {
  return HumanBytes(static_cast<uint64_t>(
      MedianOf(ValuesOf(series, [member](const BenchRun& run) {
        return static_cast<double>(run.*member);
      }))));
}

std::string PhasesText(const Phases& phases) {
  std::vector<std::string> texts;
  for (const auto& [name, seconds] : phases)
    texts.push_back(absl::StrCat(name, " ", SecondsText(seconds)));
  return absl::StrJoin(texts, ", ");
}

// The phases of pgbale, which alone tells them.
std::string PhaseLines(const BenchSeries& ours) {
  if (ours.runs.front().wall.empty()) return "";
  return absl::StrCat(
      "  pgbale's phases: ", PhasesText(MedianPhases(ours, &BenchRun::wall)),
      "\n  its threads, all together: ",
      PhasesText(MedianPhases(ours, &BenchRun::work)), "\n");
}

std::string SeriesTable(const BenchReport& report, absl::string_view title,
                        BenchSeries Contestant::*series, bool archives) {
  const BenchSeries& ours = report.contestants.front().*series;
  if (ours.runs.empty()) return "";
  std::vector<Cells> rows = {
      {"", "seconds", "pgbale takes", "CPU", "server CPU", "memory"}};
  if (archives) rows.back().emplace_back("archive");
  for (const Contestant& contestant : report.contestants) {
    const BenchSeries& theirs = contestant.*series;
    Cells cells = {contestant.name};
    if (!IsComplete(theirs, ours)) {
      cells.emplace_back("failed");
      rows.push_back(cells);
      continue;
    }
    cells.push_back(SpreadText(SpreadOf(SecondsOf(theirs))));
    cells.push_back(&theirs == &ours
                        ? "1"
                        : SpreadText(SpreadOf(
                              RatiosOf(SecondsOf(ours), SecondsOf(theirs)))));
    cells.push_back(SecondsText(MedianOf(ValuesOf(
        theirs, [](const BenchRun& run) { return run.cpu_seconds; }))));
    cells.push_back(ServerSeconds(theirs));
    cells.push_back(MedianBytes(theirs, &BenchRun::peak_bytes));
    if (archives)
      cells.push_back(MedianBytes(theirs, &BenchRun::archive_bytes));
    rows.push_back(cells);
  }
  return absl::StrCat(title, "\n", Aligned(rows), PhaseLines(ours), "\n");
}

std::string Indented(absl::string_view text) {
  return absl::StrCat("  ", absl::StrReplaceAll(text, {{"\n", "\n    "}}),
                      "\n");
}

std::string List(absl::string_view title,
                 const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = absl::StrCat(title, "\n");
  for (const std::string& line : lines) absl::StrAppend(&out, Indented(line));
  return out + "\n";
}

std::string Head(const BenchReport& report) {
  const BenchSetting& setting = report.setting;
  return absl::StrCat(
      "database ", Quoted(setting.database), ": ",
      HumanBytes(setting.database_bytes),
      "; dumped: ", HumanCount(report.tables), " tables, ",
      HumanCount(report.rows), " rows, ", HumanBytes(report.raw_bytes), "\n",
      report.runs, report.runs == 1 ? " run" : " runs each, in turns",
      report.warm_up ? ", after a warm-up that does not count" : "",
      ": median (lowest – highest)\n"
      "\"pgbale takes\": its time divided by that of the other, of the same "
      "turn\n\n");
}

std::string SettingText(const BenchReport& report) {
  const BenchSetting& setting = report.setting;
  std::vector<std::string> settings;
  for (const auto& [name, value] : setting.server_settings)
    settings.push_back(absl::StrCat(name, " = ", Printable(value)));
  std::vector<std::string> lines = {
      absl::StrCat("machine: ", Printable(setting.processor), ", ",
                   setting.processors, " processors, ",
                   HumanBytes(setting.memory_bytes), ", ", setting.system),
      absl::StrCat("server: PostgreSQL ", Printable(setting.server_version),
                   setting.same_machine ? ", on the same machine"
                                        : ", on another machine"),
      absl::StrCat("settings: ", absl::StrJoin(settings, ", "))};
  for (const Contestant& contestant : report.contestants) {
    const std::string line =
        absl::StrCat("program: ", Printable(contestant.version));
    // One program may have been asked in several ways.
    if (line != lines.back()) lines.push_back(line);
  }
  lines.push_back(absl::StrCat("at: ", report.started_at));
  return List("measured on", lines);
}

std::string CommandsText(const BenchReport& report) {
  std::vector<std::string> lines;
  for (const Contestant& contestant : report.contestants) {
    if (!contestant.dump.runs.empty())
      lines.push_back(Printable(contestant.dump.command));
    if (!contestant.restore.runs.empty())
      lines.push_back(Printable(contestant.restore.command));
  }
  return List(absl::StrCat("commands, with PGDATABASE=",
                           Printable(report.setting.database)),
              lines);
}

std::string FailuresText(const BenchReport& report) {
  std::vector<std::string> lines;
  for (const Contestant& contestant : report.contestants)
    if (!contestant.failure.empty())
      lines.push_back(absl::StrCat(contestant.name, ":\n", contestant.failure));
  return List("failed", lines);
}

}  // namespace

std::vector<double> SecondsOf(const BenchSeries& series) {
  return ValuesOf(series, [](const BenchRun& run) { return run.seconds; });
}

Phases MedianPhases(const BenchSeries& series, Phases BenchRun::*phases) {
  Phases medians;
  if (series.runs.empty()) return medians;
  const Phases& first = series.runs.front().*phases;
  for (size_t i = 0; i < first.size(); ++i)
    medians.emplace_back(first[i].first,
                         MedianOf(ValuesOf(series, [&](const BenchRun& run) {
                           return (run.*phases)[i].second;
                         })));
  return medians;
}

std::string BenchTable(const BenchReport& report) {
  return absl::StrCat(Head(report),
                      SeriesTable(report, "dump", &Contestant::dump, true),
                      SeriesTable(report, "restore, of what each has dumped",
                                  &Contestant::restore, false),
                      FailuresText(report), List("WRONG RESULTS", report.wrong),
                      List("checked", report.checked), SettingText(report),
                      CommandsText(report), List("notes", report.notes));
}

}  // namespace pgbale
