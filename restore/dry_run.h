// What a restore would do, and all that is in its way. Nothing is written.

#ifndef PGBALE_RESTORE_DRY_RUN_H_
#define PGBALE_RESTORE_DRY_RUN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "format/archive_reader.h"
#include "restore/findings.h"
#include "restore/restore.h"

namespace pgbale {

// One step of the order: entries that go together, or one table's rows.
struct DryRunStep {
  // "globals", "database", "drop", "pre-data", "rows", "post-data",
  // "privileges", "last", "statistics", "analyze".
  std::string phase;
  std::string label;     // of a table whose rows are loaded; else empty
  uint64_t entries = 0;  // restored, or dropped
  uint64_t rows = 0;
  uint64_t raw_bytes = 0;
};

struct DryRunReport {
  std::string database;  // that gets all this
  bool creates_database = false;
  std::string target_version, source_version;
  uint64_t entries = 0;
  std::map<std::string, uint64_t> entries_by_kind;
  uint64_t tables = 0;  // data entries
  uint64_t rows = 0;
  // As the server sent the rows: about what the tables take there, without
  // indexes.
  uint64_t raw_bytes = 0;
  // Rows: the largest first, as jobs take them; what is behind the data starts
  // for a table when its rows are loaded.
  std::vector<DryRunStep> order;
  Findings findings;
  std::vector<std::string> left_out;  // by skip_missing_roles
  std::vector<std::string> warnings;

  // What the restore would end with, as far as can be known: OK; kError for
  // problems; kPartial for what would be left out.
  absl::Status Outcome() const;
};

// Connects to the target, in a session that cannot write. Errors: those of
// Restore that are no problem of the target.
absl::StatusOr<DryRunReport> DryRun(const ArchiveReader& reader,
                                    const RestoreOptions& options,
                                    CancelToken& cancel);
// Likewise, of what is in no archive; `directory` may hold estimates.
absl::StatusOr<DryRunReport> DryRun(const ArchiveInfo& info,
                                    const std::vector<Entry>& entries,
                                    const Directory& directory,
                                    const RestoreOptions& options,
                                    CancelToken& cancel);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_DRY_RUN_H_
