// What the commits of a restore's sessions wait for: not each for the disk, and
// the last one for all.
//
// Pure, or one thread at a time with a connection.

#ifndef PGBALE_RESTORE_COMMITS_H_
#define PGBALE_RESTORE_COMMITS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/pg/connection.h"

namespace pgbale {

// An expression for a SELECT: commits of the session wait for no disk. What the
// server had not yet written when it crashed is lost, the youngest first.
inline constexpr absl::string_view kCommitAtOnce =
    "pg_catalog.set_config('synchronous_commit', 'off', false)";

// A statement: commits wait for what the server is used to, at least for its
// own disk. `local`: that of this transaction alone.
std::string CommitToDisk(bool local);

// Waits until everything that was committed before is on disk, by a message in
// the WAL, of prefix "pgbale", for those who decode messages. Later commits of
// `target` wait as well. Errors: a statement's.
absl::Status FlushCommits(pg::Connection& target);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_COMMITS_H_
