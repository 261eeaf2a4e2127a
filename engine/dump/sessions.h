// The connections of one dump: a leader, which holds snapshot and locks,
// workers, which see the same snapshot, and one connection outside of it.
//
// Order: Open; Begin, again for each new snapshot; BeginCopying, then the
// workers copy.
//
// Each connection: one thread at a time. A worker's number is its thread's;
// the leader is shared by holding leader_mu().

#ifndef PGBALE_ENGINE_DUMP_SESSIONS_H_
#define PGBALE_ENGINE_DUMP_SESSIONS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/cancel.h"
#include "base/mutex.h"
#include "base/pg/connection.h"
#include "base/pg/session.h"
#include "base/pg/snapshot.h"
#include "catalog/reader.h"

namespace pgbale {

struct SessionOptions {
  std::string role = {};      // --role; empty: who logs in
  bool row_security = false;  // see CatalogOptions
  // Connections that read; 0: one for each 64 MiB of the database, up to as
  // many as there are processors here, and 8 at most.
  int jobs = 1;
  bool allow_newer_server = false;  // base/pg/version.h
  // A snapshot that another session has exported, and holds until Begin is
  // done; empty: a new one.
  std::string snapshot = {};
  // Wait for a snapshot that no serializable transaction can contradict.
  bool serializable_deferrable = false;
};

class DumpSessions {
 public:
  // Connects `options.jobs` workers, a leader beside them if more than one, and
  // one connection outside of the snapshot; gives all the dump's settings
  // (pg::PrepareDumpSession). If the server refuses some of the workers, the
  // others do: a warning goes to the log.
  // Errors: kConnect, also for a pooler, or if the connections do not all
  // lead to the same server; kError for a version of the server that is not
  // known (base/pg/version.h).
  static absl::StatusOr<std::unique_ptr<DumpSessions>> Open(
      const pg::ConnectOptions& source, const SessionOptions& options);

  // Ends the transactions that are open, and begins new ones on one snapshot.
  absl::Status Begin();

  // Nothing but rows is read by the workers from here on.
  absl::Status BeginCopying();
  // Likewise; the leader, too, may go on after an error (Recover).
  absl::Status BeginRecoverableCopying();

  // Gives up what `worker` has locked by the call before, and locks `tables`,
  // as LOCK names them ("ONLY public.t"), without waiting. False, with a note
  // in the log: somebody waits for one of them, or the server has no room for
  // so many locks; the worker holds none of them then. The leader, which has
  // locked all tables from the beginning, needs no lock.
  // REQUIRES: BeginCopying
  absl::StatusOr<bool> LockByWorker(int worker,
                                    absl::Span<const std::string> tables);
  // The worker holds none of them any more, and may go on after an error.
  // REQUIRES: not the leader
  absl::Status GiveUpLocks(int worker);
  // Of a worker, or of the leader, whose statement failed or was given up: it
  // may go on. The leader keeps its locks.
  // REQUIRES: BeginRecoverableCopying
  static absl::Status Recover(pg::Connection& connection);

  CatalogConnections ForCatalog() const;
  // Closes the connection outside of the snapshot.
  void CloseFresh() { fresh_.reset(); }

  const pg::Snapshot& snapshot() const { return snapshot_; }
  // Another connection outside of the snapshot, to the same server; `cancel`,
  // which must outlive it, ends what it does. Thread-safe.
  absl::StatusOr<std::unique_ptr<pg::Connection>> OpenOutside(
      CancelToken& cancel) const;
  // Of the connections that hold locks. Thread-safe.
  const std::vector<int>& backend_pids() const { return backend_pids_; }

  // How many workers copy: as many as were asked for, or could be had.
  int jobs() const { return single() ? 1 : static_cast<int>(workers_.size()); }
  // The server is a standby.
  bool in_recovery() const { return identity_.in_recovery == "t"; }
  // The leader's connection, and so the snapshot and the locks, have lasted
  // until now. Error: they are lost, and what was copied since may be of
  // another state.
  absl::Status CheckLeader() ABSL_LOCKS_EXCLUDED(leader_mu_);
  // The same, without a round trip as long as nothing has happened. Waits for
  // a worker that uses the leader's connection.
  absl::Status WatchLeader() ABSL_LOCKS_EXCLUDED(leader_mu_);

  // True if worker 0 is the leader itself, which needs no locks.
  bool single() const { return workers_.empty(); }
  pg::Connection& leader() { return *leader_; }
  pg::Connection& worker(int number) {
    return single() ? *leader_ : *workers_[static_cast<size_t>(number)];
  }
  // Held by a worker that uses the leader's connection.
  Mutex& leader_mu() ABSL_LOCK_RETURNED(leader_mu_) { return leader_mu_; }

 private:
  DumpSessions() = default;

  absl::Status OpenOthers();

  pg::ConnectOptions source_;
  SessionOptions options_;
  pg::ServerIdentity identity_;
  std::unique_ptr<pg::Connection> leader_;
  std::vector<std::unique_ptr<pg::Connection>> workers_;
  std::unique_ptr<pg::Connection> fresh_;
  std::vector<int> backend_pids_;
  std::vector<std::string> search_path_;
  pg::Snapshot snapshot_;
  bool open_ = false;  // transactions are open
  Mutex leader_mu_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_SESSIONS_H_
