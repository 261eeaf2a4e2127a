#include "restore/maintenance.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/pg/result.h"
#include "base/sched/processors.h"
#include "base/status.h"

namespace pgbale {
namespace {

constexpr uint64_t kKiB = 1024;
// The highest maintenance_work_mem that every server takes, in KiB.
constexpr uint64_t kMemoryKibMax = 2147483647;

// Of the server's sorts (tuplesort.c): what the merge of parts reads ahead of
// each, and of how many at most at a time.
constexpr uint64_t kMergedPartOctets = 272 * kKiB;
constexpr uint64_t kMergedParts = 500;
// What each process of a parallel build must have (nbtsort.c, planner.c).
constexpr uint64_t kParticipantOctets = 32 * kKiB * kKiB;
// What is sorted takes about so much more than it takes in the index.
constexpr uint64_t kSortedOctets = 2;
constexpr uint64_t kSortOctetsMin = 8 * kKiB * kKiB;

// For one process, which sorts so many octets: parts that fill it, of which it
// can merge all at once. A power of two, so that sessions seldom change it.
uint64_t SortMemory(uint64_t octets) {
  const auto merged_at_once = static_cast<uint64_t>(
      std::sqrt(static_cast<double>(octets) * kMergedPartOctets));
  return std::bit_ceil(
      std::max({kSortOctetsMin, merged_at_once, octets / kMergedParts}));
}

}  // namespace

absl::StatusOr<MaintenanceLimits> ReadMaintenanceLimits(
    pg::Connection& connection) {
  enum {
    kMemory,
    kSharedBuffers,
    kWorkers,
    kWorkersChosen,
    kWorkersOfAll,
    kTemporaryFilesLimited
  };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          "SELECT pg_catalog.pg_size_bytes("
          "pg_catalog.current_setting('maintenance_work_mem')), "
          "pg_catalog.pg_size_bytes("
          "pg_catalog.current_setting('shared_buffers')), s.setting::integer, "
          "s.source <> 'default', "
          "LEAST(pg_catalog.current_setting('max_parallel_workers')::integer, "
          "pg_catalog.current_setting('max_worker_processes')::integer), "
          "pg_catalog.current_setting('temp_file_limit') <> '-1' "
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
  limits.temporary_files_limited = row.boolean(kTemporaryFilesLimited);
  if (connection.IsLocal()) limits.processors = Processors();
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

MaintenanceSettings SortMaintenance(const MaintenanceLimits& limits,
                                    const MaintenanceSettings& share,
                                    uint64_t octets, int busy) {
  if (limits.temporary_files_limited) return share;
  MaintenanceSettings settings = share;
  if (limits.processors > 0)
    settings.workers =
        std::clamp(limits.processors / busy - 1, 0, share.workers);
  const auto processes = static_cast<uint64_t>(settings.workers) + 1;
  uint64_t memory = SortMemory(octets / processes * kSortedOctets);
  if (settings.workers > 0) memory = std::max(memory, kParticipantOctets);
  settings.memory_bytes = std::min(memory * processes, share.memory_bytes);
  return settings;
}

int BusyBeside(int busy, uint64_t weight, uint64_t weight_left) {
  return weight_left < weight / 4 ? (busy + 1) / 2 : busy;
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
