// A new archive of what is whole in a damaged one, and what was lost.

#ifndef PGBALE_ENGINE_INSPECT_SALVAGE_H_
#define PGBALE_ENGINE_INSPECT_SALVAGE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/io/file.h"
#include "base/sched/progress.h"
#include "format/salvage.h"
#include "format/survey.h"

namespace pgbale {

struct SalvageOptions {
  std::string output;
  FileSinkOptions file;
  int workers = 1;
  // Of the texts, if the header is lost; else not looked at.
  std::string encoding;
};

struct SalvageReport {
  // Nothing is wrong with the archive, and nothing was written.
  bool whole = false;
  std::vector<Damage> damages;
  SalvagePlan plan;
  uint64_t rows = 0;
  uint64_t archive_bytes = 0;
};

// Errors: the archive cannot be read, or nothing can be had of it (kDamaged);
// those of the new file, which then does not stand; what `cancel` was cancelled
// with.
absl::StatusOr<SalvageReport> SalvageFile(const std::string& path,
                                          const SalvageOptions& options,
                                          CancelToken& cancel,
                                          Progress& progress);

// OK for a whole archive; else kPartial, which says that something is lost.
absl::Status VerdictOf(const SalvageReport& report);

// Lines for people, or one JSON object.
std::string SalvageText(const SalvageReport& report);
std::string SalvageJson(const SalvageReport& report);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_INSPECT_SALVAGE_H_
