// What the server may use to build an index or to check a key: memory and
// workers, shared out among the jobs that build at a time.

#ifndef PGBALE_RESTORE_MAINTENANCE_H_
#define PGBALE_RESTORE_MAINTENANCE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale {

// A target's settings, as a session finds them.
struct MaintenanceLimits {
  uint64_t memory_bytes = 0;          // maintenance_work_mem
  uint64_t shared_buffers_bytes = 0;  // what somebody has sized to the machine
  int workers = 0;                    // max_parallel_maintenance_workers
  bool workers_chosen = false;        // by somebody, and not by default
  // What all sessions together can have: the lower one of max_parallel_workers
  // and max_worker_processes.
  int workers_of_all = 0;
  bool temporary_files_limited = false;  // temp_file_limit
  int processors = 0;                    // of the server; 0: not known
};
absl::StatusOr<MaintenanceLimits> ReadMaintenanceLimits(
    pg::Connection& connection);

// Of each session.
struct MaintenanceSettings {
  uint64_t memory_bytes = 0;
  int workers = 0;

  bool operator==(const MaintenanceSettings&) const = default;
};

// What each of `builders` gets of `budget_bytes`, or without one, of half the
// server's shared_buffers. Never less than what the server gives anyway. Where
// nobody has chosen a number of parallel workers, all that there are are shared
// out; how many of them an index takes depends on its size and on the memory,
// of which the server gives each 32 MiB. Pure.
// REQUIRES: builders > 0
MaintenanceSettings ShareMaintenance(const MaintenanceLimits& limits,
                                     std::optional<uint64_t> budget_bytes,
                                     int builders);

// What a sort of so many octets of an index gets of `share`, while `busy`
// sessions count: no more workers than the server's processors can serve,
// if these are known, and for each process as little memory as lets it merge
// all parts that it has sorted at once. Sorts in more memory have long left the
// processor's caches: docs/benchmarks.md has what that costs. Where temporary
// files are limited, all of `share`. Pure.
// REQUIRES: busy > 0
MaintenanceSettings SortMaintenance(const MaintenanceLimits& limits,
                                    const MaintenanceSettings& share,
                                    uint64_t octets, int busy);

// Of `busy` sessions, this one among them, how many count while this one does a
// job of `weight`, when jobs of `weight_left` have not begun. If that is next
// to nothing, the others will soon be done: half of them count, even if the
// last ones then have a few workers too many for a while. Pure.
int BusyBeside(int busy, uint64_t weight, uint64_t weight_left);

// The statement that gives a session `settings`.
std::string SetMaintenance(const MaintenanceSettings& settings);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_MAINTENANCE_H_
