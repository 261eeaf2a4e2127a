#include "engine/dump/sessions.h"

#include "base/pg/session.h"
#include "base/pg/version.h"
#include "base/status.h"
#include "base/text.h"
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

absl::Status CheckSnapshotOptions(const SessionOptions& options,
                                  const pg::ServerIdentity& server) {
  if (!options.serializable_deferrable || server.in_recovery != "t")
    return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError,
                "a standby cannot tell which snapshots are serializable"),
      "Leave out --serializable-deferrable, or dump from the primary.");
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
  sessions->source_ = source;
  sessions->options_ = options;
  ASSIGN_OR_RETURN(sessions->identity_,
                   pg::ReadServerIdentity(*sessions->leader_));
  RETURN_IF_ERROR(CheckSnapshotOptions(options, sessions->identity_));
  ASSIGN_OR_RETURN(sessions->search_path_, ReadSearchPath(*sessions->leader_));
  ASSIGN_OR_RETURN(sessions->fresh_, OpenSession(source, options));
  RETURN_IF_ERROR(CheckSameServer(sessions->identity_, *sessions->fresh_));
  RETURN_IF_ERROR(sessions->OpenWorkers(source));
  sessions->backend_pids_ = {sessions->leader_->backend_pid()};
  for (const auto& worker : sessions->workers_)
    sessions->backend_pids_.push_back(worker->backend_pid());
  return sessions;
}

absl::Status DumpSessions::OpenWorkers(const pg::ConnectOptions& source) {
  for (int i = 0; options_.jobs > 1 && i < options_.jobs; ++i) {
    absl::StatusOr<std::unique_ptr<pg::Connection>> worker =
        OpenSession(source, options_);
    if (!worker.ok()) {
      // The leader got in with the same words: it is their number.
      if (FailureOf(worker.status()) != Failure::kConnect)
        return worker.status();
      spdlog::warn("{} of {} jobs: no more connections are to be had: {}",
                   jobs(), options_.jobs, Printable(worker.status().message()));
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(CheckSameServer(identity_, **worker));
    workers_.push_back(*std::move(worker));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<pg::Connection>> DumpSessions::OpenOutside(
    CancelToken& cancel) const {
  pg::ConnectOptions source = source_;
  source.cancel = &cancel;
  ASSIGN_OR_RETURN(std::unique_ptr<pg::Connection> connection,
                   OpenSession(source, options_));
  RETURN_IF_ERROR(CheckSameServer(identity_, *connection));
  return connection;
}

absl::Status DumpSessions::CheckLeader() {
  MutexLock lock(leader_mu_);
  return Annotate(leader_->Execute("SELECT"),
                  "the connection that holds the locks on all tables is lost");
}

absl::Status DumpSessions::Begin() {
  if (open_) {
    for (const auto& worker : workers_)
      RETURN_IF_ERROR(worker->Execute("ROLLBACK"));
    RETURN_IF_ERROR(leader_->Execute("ROLLBACK"));
  }
  open_ = true;
  ASSIGN_OR_RETURN(
      snapshot_,
      options_.snapshot.empty()
          ? pg::BeginSnapshot(*leader_, options_.serializable_deferrable)
          : pg::AdoptSnapshot(*leader_, options_.snapshot));
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
