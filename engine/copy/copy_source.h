// The database that a copy reads: connections that share a snapshot, what was
// read of the catalog, and the parts in which rows are fetched.
//
// Order: Open, Read, BeginCopying, then `sessions` are read by the
// workers, Close. One thread at a time, but for the sessions.

#ifndef PGBALE_ENGINE_COPY_COPY_SOURCE_H_
#define PGBALE_ENGINE_COPY_COPY_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/pg/connection.h"
#include "base/pg/session.h"
#include "catalog/reader.h"
#include "engine/copy/copy.h"
#include "engine/dump/leader_watch.h"
#include "engine/dump/lock_monitor.h"
#include "engine/dump/sessions.h"
#include "engine/dump/table_parts.h"
#include "format/archive_info.h"
#include "format/directory.h"

namespace pgbale {

// A database of a server.
struct DatabaseIdentity {
  pg::ServerIdentity server;
  std::string database;
  int server_major = 0;
};

absl::StatusOr<DatabaseIdentity> ReadDatabaseIdentity(
    pg::Connection& connection);

// A standby holds its primary's databases; a server that was made of another's
// backup, and took its own way since, does not.
bool AreSameDatabase(const DatabaseIdentity& one,
                     const DatabaseIdentity& other);

class CopySource {
 public:
  // Connects. `cancel` must outlive the source. All errors of a source say that
  // they are (engine/copy/side.h).
  static absl::StatusOr<std::unique_ptr<CopySource>> Open(
      const CopyOptions& options, CancelToken& cancel);

  const DatabaseIdentity& identity() const { return identity_; }

  // Takes snapshot and locks, reads the catalog, and plans in which form and
  // parts rows go to a target of that version.
  absl::Status Read(const CopyOptions& options, int target_major,
                    CancelToken& cancel);

  const CatalogDump& catalog() const { return catalog_; }
  const ArchiveInfo& info() const { return info_; }
  const std::vector<TablePart>& parts() const { return parts_; }
  const Directory& directory() const { return directory_; }
  DumpSessions& sessions() { return *sessions_; }

  // From here on the loss of the snapshot's connection cancels `cancel`.
  absl::Status BeginCopying(CancelToken& cancel);
  // All rows were read: ends all connections. Error: snapshot and locks have
  // not lasted until now.
  absl::Status Close();

 private:
  CopySource() = default;

  absl::Status ReadAll(const CopyOptions& options, int target_major,
                       CancelToken& cancel);

  DatabaseIdentity identity_;
  CatalogDump catalog_;
  ArchiveInfo info_;
  std::vector<TablePart> parts_;
  Directory directory_;
  std::unique_ptr<DumpSessions> sessions_;
  // Behind what they use.
  std::optional<LockMonitor> monitor_;
  std::optional<LeaderWatch> watch_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_COPY_COPY_SOURCE_H_
