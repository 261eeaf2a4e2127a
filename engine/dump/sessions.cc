#include "engine/dump/sessions.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/session.h"
#include "base/pg/sqlstate.h"
#include "base/pg/version.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// The snapshot stays, settings are those of BeginCopying again, and a statement
// that failed is forgotten.
constexpr absl::string_view kGiveUpLocks = "ROLLBACK TO SAVEPOINT copy";

absl::StatusOr<std::unique_ptr<pg::Connection>> OpenSession(
    const pg::ConnectOptions& source, const SessionOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<pg::Connection> connection,
                   pg::Connection::Open(source));
  RETURN_IF_ERROR(
      pg::PrepareDumpSession(*connection, options.role, options.row_security));
  return connection;
}

// As many as `count`, side by side: a server takes some 10 ms for each.
std::vector<absl::StatusOr<std::unique_ptr<pg::Connection>>> OpenSessions(
    const pg::ConnectOptions& source, const SessionOptions& options,
    size_t count) {
  std::vector<absl::StatusOr<std::unique_ptr<pg::Connection>>> opened(count);
  std::vector<std::thread> threads;
  for (auto& connection : opened) {
    threads.emplace_back([&] { connection = OpenSession(source, options); });
  }
  for (std::thread& thread : threads) thread.join();
  return opened;
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

// A connection is worth its while from such a size on; more than so many would
// be unkind to a server that has other work.
constexpr int64_t kBytesAJob = int64_t{64} << 20;
constexpr int64_t kJobsUnasked = 8;

absl::StatusOr<int> ChooseJobs(pg::Connection& leader) {
  ASSIGN_OR_RETURN(const pg::Result size,
                   leader.Query("SELECT pg_catalog.pg_database_size("
                                "pg_catalog.current_database())"));
  const int64_t most = std::min<int64_t>(Processors(), kJobsUnasked);
  return static_cast<int>(
      std::clamp<int64_t>(size.row(0).integer(0) / kBytesAJob, 1, most));
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
  if (options.jobs == 0) {
    ASSIGN_OR_RETURN(sessions->options_.jobs, ChooseJobs(*sessions->leader_));
  }
  RETURN_IF_ERROR(sessions->OpenOthers());
  sessions->backend_pids_ = {sessions->leader_->backend_pid()};
  for (const auto& worker : sessions->workers_)
    sessions->backend_pids_.push_back(worker->backend_pid());
  return sessions;
}

absl::Status DumpSessions::OpenOthers() {
  const size_t workers =
      options_.jobs > 1 ? static_cast<size_t>(options_.jobs) : 0;
  absl::Status refused;
  for (auto& opened : OpenSessions(source_, options_, 1 + workers)) {
    if (!opened.ok()) {
      // The leader got in with the same words: it is their number.
      if (FailureOf(opened.status()) != Failure::kConnect)
        return opened.status();
      refused.Update(opened.status());
      continue;
    }
    RETURN_IF_ERROR(CheckSameServer(identity_, **opened));
    if (fresh_ == nullptr)
      fresh_ = *std::move(opened);
    else
      workers_.push_back(*std::move(opened));
  }
  if (fresh_ == nullptr) return refused;
  if (!refused.ok())
    spdlog::warn("{} of {} jobs: no more connections are to be had: {}", jobs(),
                 options_.jobs, Printable(refused.message()));
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

absl::Status DumpSessions::WatchLeader() {
  {
    MutexLock lock(leader_mu_);
    if (!leader_->HungUp()) return absl::OkStatus();
  }
  return CheckLeader();
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

absl::Status DumpSessions::BeginCopying() {
  for (const auto& worker : workers_)
    RETURN_IF_ERROR(worker->Execute("SAVEPOINT copy"));
  return absl::OkStatus();
}

absl::Status DumpSessions::BeginRecoverableCopying() {
  RETURN_IF_ERROR(BeginCopying());
  return leader_->Execute("SAVEPOINT copy");
}

absl::StatusOr<bool> DumpSessions::LockByWorker(
    int worker, absl::Span<const std::string> tables) {
  if (single()) return true;
  pg::Connection& connection = *workers_[static_cast<size_t>(worker)];
  const std::string lock =
      absl::StrCat("LOCK TABLE ", absl::StrJoin(tables, ", "),
                   " IN ACCESS SHARE MODE NOWAIT");
  const absl::Status locked = connection.ExecutePipeline({kGiveUpLocks, lock});
  if (locked.ok()) return true;
  const std::string sqlstate = SqlStateOf(locked);
  if (sqlstate != pg::kLockNotAvailable && sqlstate != pg::kOutOfMemory)
    return locked;
  spdlog::info("a worker cannot lock {} of the tables: {}", tables.size(),
               Printable(locked.message()));
  RETURN_IF_ERROR(GiveUpLocks(worker));
  return false;
}

absl::Status DumpSessions::GiveUpLocks(int worker) {
  return workers_[static_cast<size_t>(worker)]->Execute(kGiveUpLocks);
}

absl::Status DumpSessions::Recover(pg::Connection& connection) {
  return connection.Execute(kGiveUpLocks);
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
