#include "restore/maintenance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/pg/result.h"
#include "base/status.h"

namespace pgbale {
namespace {

constexpr uint64_t kKiB = 1024;
// The highest maintenance_work_mem that every server takes, in KiB.
constexpr uint64_t kMemoryKibMax = 2147483647;

}  // namespace

absl::StatusOr<MaintenanceLimits> ReadMaintenanceLimits(
    pg::Connection& connection) {
  enum { kMemory, kSharedBuffers, kWorkers, kWorkersChosen, kWorkersOfAll };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          "SELECT pg_catalog.pg_size_bytes("
          "pg_catalog.current_setting('maintenance_work_mem')), "
          "pg_catalog.pg_size_bytes("
          "pg_catalog.current_setting('shared_buffers')), s.setting::integer, "
          "s.source <> 'default', "
          "LEAST(pg_catalog.current_setting('max_parallel_workers')::integer, "
          "pg_catalog.current_setting('max_worker_processes')::integer) "
          "FROM pg_catalog.pg_settings s "
          "WHERE s.name = 'max_parallel_maintenance_workers'"));
  const pg::Row row = result.row(0);
  MaintenanceLimits limits;
  limits.memory_bytes = static_cast<uint64_t>(row.integer(kMemory));
  limits.shared_buffers_bytes =
      static_cast<uint64_t>(row.integer(kSharedBuffers));
  limits.workers = static_cast<int>(row.integer(kWorkers));
  limits.workers_chosen = row.boolean(kWorkersChosen);
  limits.workers_of_all = static_cast<int>(row.integer(kWorkersOfAll));
  return limits;
}

MaintenanceSettings ShareMaintenance(const MaintenanceLimits& limits,
                                     std::optional<uint64_t> budget_bytes,
                                     int builders) {
  const uint64_t budget =
      budget_bytes.value_or(limits.shared_buffers_bytes / 2);
  const uint64_t share_kib =
      std::min(budget / static_cast<uint64_t>(builders) / kKiB, kMemoryKibMax);
  MaintenanceSettings settings;
  settings.memory_bytes = std::max(limits.memory_bytes, share_kib * kKiB);
  settings.workers = limits.workers;
  if (!limits.workers_chosen)
    settings.workers =
        std::max(limits.workers, limits.workers_of_all / builders);
  return settings;
}

std::string SetMaintenance(const MaintenanceSettings& settings) {
  return absl::StrCat(
      "SELECT pg_catalog.set_config('maintenance_work_mem', '",
      settings.memory_bytes / kKiB,
      "kB', false), "
      "pg_catalog.set_config('max_parallel_maintenance_workers', '",
      settings.workers, "', false)");
}

}  // namespace pgbale
