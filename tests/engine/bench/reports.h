// A small report, as a benchmark might have made it.

#ifndef PGBALE_TESTS_ENGINE_BENCH_REPORTS_H_
#define PGBALE_TESTS_ENGINE_BENCH_REPORTS_H_

#include <optional>
#include <vector>

#include "engine/bench/report.h"

namespace pgbale {

inline BenchSeries MakeSeries(const char* command,
                              const std::vector<double>& seconds) {
  BenchSeries series{command, {}};
  for (const double s : seconds)
    series.runs.push_back({.seconds = s,
                           .cpu_seconds = s / 2,
                           .server_cpu_seconds = s / 4,
                           .peak_bytes = 10 << 20,
                           .archive_bytes = 1 << 20});
  return series;
}

// pgbale took 1, 2 and 3 seconds for dumps, pg_dump the double.
inline BenchReport MakeReport() {
  BenchReport report;
  report.started_at = "2026-01-02T03:04:05Z";
  report.setting.processor = "Fast One";
  report.setting.processors = 2;
  report.setting.memory_bytes = uint64_t{8} << 30;
  report.setting.server_version = "17.6";
  report.setting.server_settings = {{"fsync", "on"}};
  report.setting.database = "sh`o'p";
  report.setting.database_bytes = 100 << 20;
  report.runs = 3;
  report.jobs = 2;
  report.rows = 12345;
  Contestant ours{"pgbale 1", "pgbale 1", MakeSeries("pgbale dump", {1, 3, 2}),
                  MakeSeries("pgbale restore", {4, 4, 4}), ""};
  for (BenchRun& run : ours.dump.runs) {
    run.wall = {{"catalog", run.seconds / 10}};
    run.work = {{"encode", run.seconds}};
  }
  Contestant theirs{"pg_dump 17.6 -Fd", "pg_dump (PostgreSQL) 17.6",
                    MakeSeries("pg_dump -Fd", {2, 6, 4}),
                    MakeSeries("pg_restore", {5, 5, 10}), ""};
  report.contestants = {ours, theirs};
  return report;
}

}  // namespace pgbale

#endif  // PGBALE_TESTS_ENGINE_BENCH_REPORTS_H_
