#include "restore/job_maintenance.h"

#include "base/status.h"

namespace pgbale {

absl::Status JobMaintenance::Prepare(Session& session, const PlannedJob& job,
                                     int busy) const {
  if (!BuildsLarge(job)) return absl::OkStatus();
  const MaintenanceSettings settings = SettingsOf(job, busy);
  if (session.maintenance() == settings) return absl::OkStatus();
  RETURN_IF_ERROR(session.connection().Execute(SetMaintenance(settings)));
  session.maintenance() = settings;
  return absl::OkStatus();
}

MaintenanceSettings JobMaintenance::SettingsOf(const PlannedJob& job,
                                               int busy) const {
  const Entry& entry = *job.entries.front();
  if (is_chosen_ || job.entries.size() > 1 || !entry.sorts) return share_;
  const uint64_t octets =
      entry.bytes_estimate > 0 ? entry.bytes_estimate : job.weight;
  return SortMaintenance(limits_, share_, octets, busy * sharers_);
}

}  // namespace pgbale
