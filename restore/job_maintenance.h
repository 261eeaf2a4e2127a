// Gives each job what the server may use for it (maintenance.h).
//
// Thread-safe; each session: one thread at a time.

#ifndef PGBALE_RESTORE_JOB_MAINTENANCE_H_
#define PGBALE_RESTORE_JOB_MAINTENANCE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "restore/maintenance.h"
#include "restore/plan.h"
#include "restore/session.h"

namespace pgbale {

class JobMaintenance {
 public:
  // `sharers`: restores that share server and budget with this one.
  JobMaintenance(const MaintenanceLimits& limits,
                 std::optional<uint64_t> budget_bytes, int builders,
                 int sharers)
      : limits_(limits),
        share_(ShareMaintenance(limits, budget_bytes, builders * sharers)),
        is_chosen_(budget_bytes.has_value()),
        sharers_(sharers) {}

  // For a job that builds something large, sets what it gets in `session`,
  // where another job had something else. `busy`: sessions of this restore
  // that are at work while it is built, this one among them (BusyBeside).
  absl::Status Prepare(Session& session, const PlannedJob& job, int busy) const;

  // What a job gets that does not sort.
  const MaintenanceSettings& share() const { return share_; }

 private:
  MaintenanceSettings SettingsOf(const PlannedJob& job, int busy) const;

  const MaintenanceLimits limits_;
  const MaintenanceSettings share_;
  const bool is_chosen_;  // the memory, by somebody
  const int sharers_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_JOB_MAINTENANCE_H_
