// Watches, while a dump runs, whether its ACCESS SHARE locks make others wait:
// who wants to change a table waits for the dump, and all others who come to
// that table afterwards wait behind him, readers too.
//
// The construction starts a thread, the destruction ends it.

#ifndef PGBALE_ENGINE_DUMP_LOCK_MONITOR_H_
#define PGBALE_ENGINE_DUMP_LOCK_MONITOR_H_

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "base/cancel.h"
#include "base/mutex.h"
#include "base/pg/connection.h"
#include "engine/dump/sessions.h"

namespace pgbale {

struct LockMonitorOptions {
  // The dump gives up when somebody has waited for longer; 0: never.
  int64_t blocked_ms_max = 0;
  // A wait of this length is told in a warning, and again whenever it has
  // doubled.
  int64_t warn_after_ms = 5000;
  // Between two looks. The first one comes after as much time, so that a short
  // dump takes no further connection.
  int64_t interval_ms = 2000;
};

// A session that waits for a lock because of the dump.
struct BlockedSession {
  int64_t pid = 0;
  int64_t waited_ms = 0;
  std::string table;   // quoted, printable
  std::string who;     // role, application, first words of the statement
  int64_t behind = 0;  // others who wait for the same table
};

class LockMonitor {
 public:
  // Looks at the server of `sessions` by a connection of its own. Cancels
  // `cancel` with kCancelled if the dump is to give up. Both must outlive it.
  LockMonitor(const DumpSessions& sessions, const LockMonitorOptions& options,
              CancelToken& cancel);
  ~LockMonitor();
  LockMonitor(const LockMonitor&) = delete;
  LockMonitor& operator=(const LockMonitor&) = delete;

 private:
  void Run();
  // False if there is nothing to look with.
  bool Connect();
  // Waits for `ms`; false if the monitor is to end.
  bool Pause(int64_t ms) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Look();
  void Report(const BlockedSession& session);

  const DumpSessions& sessions_;
  const LockMonitorOptions options_;
  CancelToken& cancel_;
  CancelToken ended_;  // ends what the connection does
  std::unique_ptr<pg::Connection> connection_;
  // Waits of these sessions are told next when they are as long as this.
  std::map<int64_t, int64_t> next_warning_ms_;
  Mutex mu_;
  CondVar wake_;
  bool end_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_LOCK_MONITOR_H_
