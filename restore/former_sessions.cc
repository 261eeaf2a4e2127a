#include "restore/former_sessions.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/retry.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// A server notices within so long that a client on the same machine is gone.
constexpr double kGraceSeconds = 1;
// So long may one stay that cannot be ended.
constexpr double kStuckSeconds = 10;
constexpr int64_t kLookAgainMs = 100;

// How each of them stands to its client.
enum class Stance { kWorks, kWaits, kHidden };

struct FormerSession {
  std::string pid;
  Stance stance = Stance::kWorks;
  std::string statement;
};

absl::StatusOr<std::vector<FormerSession>> FindSessions(
    pg::Connection& connection, uint64_t key) {
  enum { kPid, kHidden, kWaits, kStatement };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(
          "SELECT l.pid, a.state IS NULL, a.state <> 'active' OR "
          "COALESCE(a.wait_event_type = 'Client', false), a.query "
          "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a "
          "ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted "
          "AND l.classid = $1::pg_catalog.oid "
          "AND l.objid = $2::pg_catalog.oid AND l.objsubid = 1 "
          "AND l.pid <> pg_catalog.pg_backend_pid() ORDER BY 1",
          {absl::StrCat(key >> 32), absl::StrCat(key & 0xffffffff)}));
  std::vector<FormerSession> sessions;
  for (const pg::Row row : result)
    sessions.push_back({.pid = row.str(kPid),
                        .stance = row.boolean(kHidden)  ? Stance::kHidden
                                  : row.boolean(kWaits) ? Stance::kWaits
                                                        : Stance::kWorks,
                        .statement = row.str(kStatement)});
  return sessions;
}

absl::Status StillThere(const std::vector<FormerSession>& sessions) {
  const auto append = [](std::string* out, const FormerSession& session) {
    out->append(session.pid);
  };
  return WithHint(
      MakeError(Failure::kLocked,
                absl::StrCat("sessions of an earlier run of this restore are "
                             "still there: process ",
                             absl::StrJoin(sessions, ", ", append))),
      "Wait until they have ended, or end them with pg_terminate_backend().");
}

}  // namespace

absl::Status WaitForFormerSessions(pg::Connection& connection, uint64_t key,
                                   CancelToken& cancel) {
  const Stopwatch waited;
  double worked_last = 0;
  std::set<std::string> told;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<FormerSession> sessions,
                     FindSessions(connection, key));
    if (sessions.empty()) return absl::OkStatus();
    for (const FormerSession& session : sessions) {
      if (session.stance == Stance::kWorks) {
        worked_last = waited.seconds();
        if (waited.seconds() > kGraceSeconds && told.insert(session.pid).second)
          spdlog::warn("waiting for what an earlier run began, process {}: {}",
                       session.pid,
                       Printable(session.statement.substr(
                           0, session.statement.find('\n'))));
      } else if (session.stance == Stance::kWaits &&
                 waited.seconds() > kGraceSeconds) {
        connection
            .Execute("SELECT pg_catalog.pg_terminate_backend($1::integer)",
                     {session.pid})
            .IgnoreError();
      }
    }
    if (waited.seconds() - worked_last > kStuckSeconds)
      return StillThere(sessions);
    RETURN_IF_ERROR(WaitUnlessCancelled(kLookAgainMs, cancel));
  }
}

}  // namespace pgbale
