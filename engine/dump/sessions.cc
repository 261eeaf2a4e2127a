#include "engine/dump/sessions.h"

#include "base/pg/session.h"
#include "base/pg/version.h"
#include "base/status.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

absl::StatusOr<std::unique_ptr<pg::Connection>> OpenSession(
    const pg::ConnectOptions& source, const SessionOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<pg::Connection> connection,
                   pg::Connection::Open(source));
  RETURN_IF_ERROR(
      pg::PrepareDumpSession(*connection, options.role, options.row_security));
  return connection;
}

absl::Status CheckVersion(const pg::Connection& connection, bool allow_newer) {
  ASSIGN_OR_RETURN(
      const std::string warning,
      pg::CheckServerVersion(connection.server_version(), allow_newer));
  if (!warning.empty()) spdlog::warn("{}", warning);
  return absl::OkStatus();
}

// Behind a load balancer a later connection may lead elsewhere.
absl::Status CheckSameServer(const pg::ServerIdentity& expected,
                             pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::ServerIdentity identity,
                   pg::ReadServerIdentity(connection));
  if (identity == expected) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kConnect,
                "two connections of this dump lead to different servers"),
      "Connect to one server directly, not through a load balancer or a list "
      "of hosts.");
}

}  // namespace

absl::StatusOr<std::unique_ptr<DumpSessions>> DumpSessions::Open(
    const pg::ConnectOptions& source, const SessionOptions& options) {
  std::unique_ptr<DumpSessions> sessions(new DumpSessions());
  ASSIGN_OR_RETURN(sessions->leader_, pg::Connection::Open(source));
  // Before the settings, which an older server may not know.
  RETURN_IF_ERROR(CheckVersion(*sessions->leader_, options.allow_newer_server));
  RETURN_IF_ERROR(pg::PrepareDumpSession(*sessions->leader_, options.role,
                                         options.row_security));
  RETURN_IF_ERROR(pg::CheckNoPooler(*sessions->leader_));
  ASSIGN_OR_RETURN(const pg::ServerIdentity identity,
                   pg::ReadServerIdentity(*sessions->leader_));
  ASSIGN_OR_RETURN(sessions->search_path_, ReadSearchPath(*sessions->leader_));
  ASSIGN_OR_RETURN(sessions->fresh_, OpenSession(source, options));
  RETURN_IF_ERROR(CheckSameServer(identity, *sessions->fresh_));
  for (int i = 0; options.jobs > 1 && i < options.jobs; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<pg::Connection> worker,
                     OpenSession(source, options));
    RETURN_IF_ERROR(CheckSameServer(identity, *worker));
    sessions->workers_.push_back(std::move(worker));
  }
  return sessions;
}

absl::Status DumpSessions::Begin() {
  if (open_) {
    for (const auto& worker : workers_)
      RETURN_IF_ERROR(worker->Execute("ROLLBACK"));
    RETURN_IF_ERROR(leader_->Execute("ROLLBACK"));
  }
  open_ = true;
  ASSIGN_OR_RETURN(snapshot_, pg::BeginSnapshot(*leader_));
  for (const auto& worker : workers_)
    RETURN_IF_ERROR(pg::ImportSnapshot(*worker, snapshot_.id));
  return absl::OkStatus();
}

absl::Status DumpSessions::BeginAgain(int worker) {
  pg::Connection& connection = *workers_[static_cast<size_t>(worker)];
  RETURN_IF_ERROR(connection.Execute("ROLLBACK"));
  return pg::ImportSnapshot(connection, snapshot_.id);
}

CatalogConnections DumpSessions::ForCatalog() const {
  CatalogConnections connections;
  connections.snapshot.push_back(leader_.get());
  for (const auto& worker : workers_)
    connections.snapshot.push_back(worker.get());
  connections.fresh = fresh_.get();
  connections.search_path = search_path_;
  return connections;
}

}  // namespace pgbale
