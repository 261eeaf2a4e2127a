#include "restore/session.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace pgbale {

absl::StatusOr<std::unique_ptr<SessionPool>> SessionPool::Open(
    const pg::ConnectOptions& target, const std::string& encoding,
    const std::string& role, int workers, bool disable_triggers) {
  std::unique_ptr<SessionPool> pool(
      new SessionPool(target, encoding, role, workers, disable_triggers));
  ASSIGN_OR_RETURN(auto connection, pool->Connect());
  RETURN_IF_ERROR(pg::CheckNoPooler(*connection));
  ASSIGN_OR_RETURN(pool->identity_, pg::ReadServerIdentity(*connection));
  pool->sessions_[0] = std::make_unique<Session>(std::move(connection));
  return pool;
}

absl::StatusOr<std::unique_ptr<pg::Connection>> SessionPool::Connect() {
  ASSIGN_OR_RETURN(auto connection, pg::Connection::Open(target_));
  RETURN_IF_ERROR(pg::PrepareRestoreSession(*connection, encoding_, role_));
  if (disable_triggers_)
    RETURN_IF_ERROR(
        Annotate(connection->Execute("SET session_replication_role = replica"),
                 "--disable-triggers"));
  for (const std::string& setting : settings_)
    RETURN_IF_ERROR(connection->Execute(setting));
  return connection;
}

absl::Status SessionPool::Set(const std::string& statement) {
  settings_.push_back(statement);
  for (const std::unique_ptr<Session>& session : sessions_)
    if (session != nullptr)
      RETURN_IF_ERROR(session->connection().Execute(statement));
  return absl::OkStatus();
}

absl::StatusOr<Session*> SessionPool::Get(int worker) {
  std::unique_ptr<Session>& session = sessions_[static_cast<size_t>(worker)];
  if (session != nullptr) return session.get();
  ASSIGN_OR_RETURN(auto connection, Connect());
  ASSIGN_OR_RETURN(const pg::ServerIdentity identity,
                   pg::ReadServerIdentity(*connection));
  if (identity != identity_)
    return WithHint(
        MakeError(Failure::kConnect,
                  "two connections of this restore lead to different servers"),
        "Connect to one server directly, not through a load balancer or a "
        "list of hosts.");
  session = std::make_unique<Session>(std::move(connection));
  return session.get();
}

pg::ConnectOptions WithDatabase(const pg::ConnectOptions& options,
                                const std::string& database) {
  pg::ConnectOptions changed = options;
  // libpq takes only the first "dbname" of a list for a connection string; a
  // later one is a name and nothing else.
  const bool named = std::any_of(
      changed.parameters.begin(), changed.parameters.end(),
      [](const auto& parameter) { return parameter.first == "dbname"; });
  if (!named) changed.parameters.emplace_back("dbname", "postgres");
  changed.parameters.emplace_back("dbname", database);
  return changed;
}

}  // namespace pgbale
