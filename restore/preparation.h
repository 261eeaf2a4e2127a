// What a restore knows before it writes: what it will do, in which order, and
// all that the target lacks for it. A dry run ends here.

#ifndef PGBALE_RESTORE_PREPARATION_H_
#define PGBALE_RESTORE_PREPARATION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "format/archive_info.h"
#include "format/directory.h"
#include "format/entry.h"
#include "restore/done_work.h"
#include "restore/plan.h"
#include "restore/preflight.h"
#include "restore/relocation.h"
#include "restore/restore.h"
#include "restore/row_filter.h"
#include "restore/selection.h"

namespace pgbale {

struct Preparation {
  // The entries, where they are not those of the archive: roles go by other
  // names. Ids are the same.
  std::unique_ptr<std::vector<Entry>> changed;
  Selection selection;
  RowFilters filters;
  std::optional<Relocation> relocation;
  Plan plan;
  // To the target, or with `create` to another database of its server.
  std::unique_ptr<pg::Connection> control;
  Findings findings;
  // What skip_missing_roles left out.
  std::vector<std::string> left_out;
  // What is left out or may differ, of the target and of the archive.
  std::vector<std::string> warnings;
};

// Connections that a restore makes.
int WorkersOf(const RestoreOptions& options);

// Selects, connects, checks, plans; writes nothing. What was found may still
// forbid the restore: Findings::Verdict. `directory` may be that of a stream,
// of which nothing is known. `entries` must outlive the result.
// Errors: kUsage, kConnect; kError for an archive that does not hold what is
// asked for. `done`, if it is not null, is what earlier runs have done: that
// need not be able to be done once more.
absl::StatusOr<Preparation> PrepareRestore(const ArchiveInfo& info,
                                           const std::vector<Entry>& entries,
                                           const Directory& directory,
                                           const RestoreOptions& options,
                                           const DoneWork* done = nullptr);

// What --clean drops, in the order of the archive: not what is only needed and
// may serve others too, nor what belongs to the server. A database that stands
// is not dropped while one restores into it.
std::vector<const Entry*> EntriesToDrop(const std::vector<Entry>& all,
                                        const Selection& selection);

// A line for each table of which a salvaged archive has not all rows.
std::vector<std::string> MissingRowsWarnings(const std::vector<Entry>& entries,
                                             const Directory& directory);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_PREPARATION_H_
