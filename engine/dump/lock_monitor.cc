#include "engine/dump/lock_monitor.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// Those who wait for a lock that a backend of the dump holds, or asked for
// before them; not the dump's own. pg_blocking_pids stops the server's lock
// manager for a moment, so that it is asked about those who wait only.
std::string BlockedSql(int server_major) {
  return absl::StrCat(
      "SELECT w.pid, (1000 * pg_catalog.date_part('epoch', "
      "pg_catalog.clock_timestamp() - coalesce(",
      server_major >= 14 ? "w.waitstart" : "a.state_change",
      ", pg_catalog.clock_timestamp())))::pg_catalog.int8, n.nspname, "
      "c.relname, a.usename, a.application_name, a.query, "
      "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks b "
      "WHERE NOT b.granted AND b.database = w.database "
      "AND b.relation = w.relation AND b.pid <> w.pid "
      "AND b.pid <> ALL ($1::pg_catalog.int4[])) "
      "FROM pg_catalog.pg_locks w "
      "JOIN pg_catalog.pg_class c ON c.oid = w.relation "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid "
      "WHERE NOT w.granted AND w.database = (SELECT d.oid "
      "FROM pg_catalog.pg_database d "
      "WHERE d.datname = pg_catalog.current_database()) "
      "AND w.pid <> ALL ($1::pg_catalog.int4[]) "
      "AND CASE WHEN w.granted THEN false ELSE "
      "pg_catalog.pg_blocking_pids(w.pid) && $1::pg_catalog.int4[] END "
      "ORDER BY 2 DESC");
}
enum BlockedColumn {
  kPid,
  kWaitedMs,
  kSchema,
  kTable,
  kRole,
  kApplication,
  kStatement,
  kBehind
};

// Enough to know a statement by.
constexpr size_t kStatementBytes = 60;

std::string FirstWords(absl::string_view statement) {
  if (statement.size() <= kStatementBytes) return Printable(statement);
  return absl::StrCat(Printable(statement.substr(0, kStatementBytes)), "…");
}

BlockedSession SessionOf(pg::Row row) {
  BlockedSession session;
  session.pid = row.integer(kPid);
  session.waited_ms = row.integer(kWaitedMs);
  session.table = Quoted(row.text(kSchema), row.text(kTable));
  session.behind = row.integer(kBehind);
  std::vector<std::string> who = {absl::StrCat("pid ", session.pid)};
  if (!row.text(kRole).empty())
    who.push_back(absl::StrCat("role ", Quoted(row.text(kRole))));
  if (!row.text(kApplication).empty())
    who.push_back(absl::StrCat("application ", Quoted(row.text(kApplication))));
  session.who = absl::StrJoin(who, ", ");
  if (!row.text(kStatement).empty())
    absl::StrAppend(&session.who, ": ", FirstWords(row.text(kStatement)));
  return session;
}

std::string Describe(const BlockedSession& session) {
  return absl::StrCat(
      "a session (", session.who, ") waits for table ", session.table,
      ", which this dump has locked, since ", session.waited_ms / 1000, " s",
      session.behind == 0
          ? ""
          : absl::StrCat("; waiting with it: ", session.behind));
}

}  // namespace

LockMonitor::LockMonitor(const DumpSessions& sessions,
                         const LockMonitorOptions& options, CancelToken& cancel)
    : sessions_(sessions), options_(options), cancel_(cancel) {
  thread_ = std::thread([this] { Run(); });
}

LockMonitor::~LockMonitor() {
  {
    MutexLock lock(mu_);
    end_ = true;
  }
  wake_.SignalAll();
  ended_.Cancel(MakeError(Failure::kError, "the dump has ended"));
  thread_.join();
}

bool LockMonitor::Pause(int64_t ms) {
  MutexLock lock(mu_);
  if (!end_) wake_.WaitFor(mu_, ms);
  return !end_;
}

void LockMonitor::Run() {
  int64_t interval_ms = options_.interval_ms;
  if (options_.blocked_ms_max > 0)
    interval_ms = std::min(interval_ms, options_.blocked_ms_max / 4 + 1);
  if (!Pause(interval_ms) || !Connect()) return;
  do {
    const absl::Status looked = Look();
    if (looked.ok() || ended_.cancelled()) continue;
    spdlog::info("no longer looking who waits for the dump: {}",
                 Printable(looked.message()));
    return;
  } while (Pause(interval_ms));
}

bool LockMonitor::Connect() {
  absl::StatusOr<std::unique_ptr<pg::Connection>> connection =
      sessions_.OpenOutside(ended_);
  if (connection.ok()) {
    connection_ = *std::move(connection);
    return true;
  }
  if (ended_.cancelled()) return false;
  // Who asked for a limit must know that there is none.
  spdlog::log(
      options_.blocked_ms_max > 0 ? spdlog::level::warn : spdlog::level::info,
      "cannot look who waits for the dump: {}",
      Printable(connection.status().message()));
  return false;
}

absl::Status LockMonitor::Look() {
  const std::string pids =
      absl::StrCat("{", absl::StrJoin(sessions_.backend_pids(), ","), "}");
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_->Query(BlockedSql(connection_->server_major()), {{pids}}));
  for (const pg::Row row : result) Report(SessionOf(row));
  return absl::OkStatus();
}

void LockMonitor::Report(const BlockedSession& session) {
  if (options_.blocked_ms_max > 0 &&
      session.waited_ms > options_.blocked_ms_max) {
    cancel_.Cancel(WithHint(
        MakeError(Failure::kCancelled,
                  absl::StrCat("gave up: ", Describe(session))),
        "Dump when nobody changes tables, or raise --max-blocked-seconds."));
    return;
  }
  int64_t& next =
      next_warning_ms_.try_emplace(session.pid, options_.warn_after_ms)
          .first->second;
  if (session.waited_ms < next) return;
  next = 2 * session.waited_ms;
  spdlog::warn("{}", Describe(session));
}

}  // namespace pgbale
