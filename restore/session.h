// The connections of one restore, each with the restore's settings.
//
// A worker's number is its thread's: each session, and Get with its number,
// is for one thread at a time; different numbers may be used at once.

#ifndef PGBALE_RESTORE_SESSION_H_
#define PGBALE_RESTORE_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "base/pg/session.h"
#include "restore/maintenance.h"

namespace pgbale {

// The settings that entries ask for, as a session has them now; nullopt: not
// known.
struct EntrySettings {
  std::optional<std::string> tablespace;
  std::optional<std::string> access_method;
};

// Of what a session may still write into its page of a journal's notes, in
// octets from their begin.
struct NotesCursor {
  uint64_t next = 0;
  uint64_t end = 0;
};

class Session {
 public:
  explicit Session(std::unique_ptr<pg::Connection> connection)
      : connection_(std::move(connection)) {}

  pg::Connection& connection() { return *connection_; }
  EntrySettings& settings() { return settings_; }
  NotesCursor& notes() { return notes_; }
  // What the last job that builds something large was given; nullopt: none
  // was.
  std::optional<MaintenanceSettings>& maintenance() { return maintenance_; }
  // A transaction that failed took its settings with it.
  void ForgetSettings() { settings_ = EntrySettings(); }

 private:
  const std::unique_ptr<pg::Connection> connection_;
  EntrySettings settings_;
  NotesCursor notes_;
  std::optional<MaintenanceSettings> maintenance_;
};

class SessionPool {
 public:
  // Opens the session of worker 0. Errors: kConnect, also for a pooler in
  // transaction mode; what the settings or the role fail with.
  // `disable_triggers`: rows set off no triggers and are not compared with
  // foreign keys.
  static absl::StatusOr<std::unique_ptr<SessionPool>> Open(
      const pg::ConnectOptions& target, const std::string& encoding,
      const std::string& role, int workers, bool disable_triggers = false);

  // The session of `worker`, opened at its first use; valid while the pool
  // lives. Error kConnect too if it leads to another server than the first.
  absl::StatusOr<Session*> Get(int worker);
  // Runs `statement`, which sets something, in every session: at once in those
  // that are open, in others when they are, in the order of these calls. Before
  // other threads use the pool.
  absl::Status Set(const std::string& statement);
  // Worker 0's.
  Session& first() { return *sessions_.front(); }

 private:
  SessionPool(const pg::ConnectOptions& target, const std::string& encoding,
              const std::string& role, int workers, bool disable_triggers)
      : target_(target),
        encoding_(encoding),
        role_(role),
        disable_triggers_(disable_triggers),
        sessions_(workers) {}

  absl::StatusOr<std::unique_ptr<pg::Connection>> Connect();

  const pg::ConnectOptions target_;
  const std::string encoding_;
  const std::string role_;
  const bool disable_triggers_;
  pg::ServerIdentity identity_;
  std::vector<std::string> settings_;
  std::vector<std::unique_ptr<Session>> sessions_;  // by worker
};

// `options` with `database` instead of the one that they name, taken as a
// name whatever it looks like (CVE-2016-5424).
pg::ConnectOptions WithDatabase(const pg::ConnectOptions& options,
                                const std::string& database);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_SESSION_H_
