// What a benchmark was measured on: without it no figure can be cited.

#ifndef PGBALE_ENGINE_BENCH_SETTING_H_
#define PGBALE_ENGINE_BENCH_SETTING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale {

// Plain data.
struct BenchSetting {
  // The machine that pgbale runs on.
  std::string processor;
  uint64_t processors = 0;
  uint64_t memory_bytes = 0;
  std::string system;  // "Linux 6.1.0 x86_64"

  std::string server_version;  // "17.6 (Debian 17.6-1)"
  bool same_machine = false;   // as far as the connection shows
  std::vector<std::pair<std::string, std::string>> server_settings;

  std::string database;
  uint64_t database_bytes = 0;
  // Of its tables, with TOAST, without indexes.
  uint64_t tables_bytes = 0;
};

absl::StatusOr<BenchSetting> ReadBenchSetting(pg::Connection& connection);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_BENCH_SETTING_H_
