// What a restore is about to drop or overwrite, dumped first: so that it can be
// brought back if the restore fails (--safety-backup).
//
// Order: MakeSafetyBackup; the restore; if that failed, BringBack or the words
// of the command that does the same.

#ifndef PGBALE_ENGINE_SAFETY_SAFETY_BACKUP_H_
#define PGBALE_ENGINE_SAFETY_SAFETY_BACKUP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/sched/progress.h"
#include "format/archive_reader.h"
#include "restore/restore.h"

namespace pgbale {

struct SafetyBackup {
  std::string file;
  // For people: "database "shop"", "table "s.t"".
  std::vector<std::string> holds;
  // Brings back what stood there, out of the file.
  RestoreOptions undo;
  // The same, as options of `pgbale restore`, but for where it connects to:
  // that is undo.target.
  std::vector<std::string> undo_words;
  // The restore changes all or nothing: if it fails, there is nothing to bring
  // back. One that ends well but left something out has not failed.
  bool all_or_nothing = false;
};

// Finds out, as the restore does, what that would drop or put rows into, dumps
// it into the new file `path` and verifies that; the target is only read. A
// whole database, unless tables alone are hit: then these, with what DROP TABLE
// takes along. nullopt, and no file, if nothing that stands is touched.
// Errors: those of the restore before it writes; of the dump, and of the file;
// kError if the dump had to leave something out, or a table is in a
// publication.
absl::StatusOr<std::optional<SafetyBackup>> MakeSafetyBackup(
    const ArchiveReader& archive, const RestoreOptions& options,
    const std::string& path, CancelToken& cancel, Progress& progress);

// Restores the backup. Errors: those of Restore.
absl::StatusOr<RestoreSummary> BringBack(const SafetyBackup& backup,
                                         CancelToken& cancel,
                                         Progress& progress);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_SAFETY_SAFETY_BACKUP_H_
