// What a benchmark found, and its forms: a table for people, JSON with every
// figure of every run.
//
// Plain data and pure functions. Thread-compatible.

#ifndef PGBALE_ENGINE_BENCH_REPORT_H_
#define PGBALE_ENGINE_BENCH_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/bench/setting.h"

namespace pgbale {

// Name and seconds, in the order in which they are told.
using Phases = std::vector<std::pair<std::string, double>>;

// One run of a program.
struct BenchRun {
  double seconds = 0;
  double cpu_seconds = 0;
  std::optional<double> server_cpu_seconds;
  uint64_t peak_bytes = 0;
  uint64_t archive_bytes = 0;
  // pgbale alone tells them: one after another, and of all threads together.
  Phases wall = {}, work = {};
};

// The runs of a program that was asked for the same each time.
struct BenchSeries {
  // As it was run, the name of the database in the place of a new one's.
  std::string command;
  std::vector<BenchRun> runs;
};

struct Contestant {
  std::string name;     // "pg_dump 17.6 -Fd zstd:1"
  std::string version;  // "pg_dump (PostgreSQL) 17.6"
  BenchSeries dump, restore;
  // Its message; empty: it did all it was asked for. What it did before it
  // failed counts.
  std::string failure;
};

struct BenchReport {
  std::string started_at;  // UTC
  BenchSetting setting;
  int runs = 0;
  int jobs = 0;
  bool warm_up = true;
  // What pgbale counted in the rows that it dumped.
  uint64_t tables = 0;
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
  // pgbale first.
  std::vector<Contestant> contestants;
  // What was compared, and equal.
  std::vector<std::string> checked;
  // What is wrong with the results: they prove nothing.
  std::vector<std::string> wrong;
  // What one has to know to read the figures.
  std::vector<std::string> notes;
};

// `pick` of each run.
template <typename Pick>
std::vector<double> ValuesOf(const BenchSeries& series, Pick pick) {
  std::vector<double> values;
  for (const BenchRun& run : series.runs) values.push_back(pick(run));
  return values;
}
std::vector<double> SecondsOf(const BenchSeries& series);

// Is there a run for each of `ours`? If not, the program has failed, and turns
// cannot be compared.
inline bool IsComplete(const BenchSeries& series, const BenchSeries& ours) {
  return !ours.runs.empty() && series.runs.size() == ours.runs.size();
}

// The parts of all runs: medians by name.
Phases MedianPhases(const BenchSeries& series, Phases BenchRun::*phases);

std::string BenchTable(const BenchReport& report);

// One object; "schema" says how to read it: members are only ever added to one.
std::string BenchJson(const BenchReport& report);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_REPORT_H_
