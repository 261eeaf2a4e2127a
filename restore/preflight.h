// Is the target ready for what will be restored? All that is in the way is
// found before anything is written.

#ifndef PGBALE_RESTORE_PREFLIGHT_H_
#define PGBALE_RESTORE_PREFLIGHT_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pg/connection.h"
#include "format/archive_info.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {

// What was found, one line each. Plain data.
struct Findings {
  // The restore would not begin.
  std::vector<std::string> problems;
  // With exit_on_error = false, in place of problems: objects that would be
  // left out.
  std::vector<std::string> lacks;
  // What may still go well, or differ afterwards.
  std::vector<std::string> warnings;
  // What to do about problems, a sentence each.
  std::set<std::string> hints;

  // kError with all problems and hints; OK if there are none.
  absl::Status Verdict() const;
};

// Reads only. `connection` leads to the target, or with options.create to
// another database of its server. Error: a query's.
absl::StatusOr<Findings> CheckTarget(pg::Connection& connection,
                                     const ArchiveInfo& info,
                                     const Selection& selection,
                                     const RestoreOptions& options);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_PREFLIGHT_H_
