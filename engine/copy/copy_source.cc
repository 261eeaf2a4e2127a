#include "engine/copy/copy_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "engine/copy/side.h"
#include "engine/copy/source_directory.h"
#include "engine/dump/locked_catalog.h"
#include "engine/dump/source_info.h"
#include "engine/dump/wire_choice.h"

namespace pgbale {
namespace {

// In the snapshot, or not: they are estimates. -1 stands for a table that was
// never looked at.
absl::StatusOr<RowEstimates> EstimateRows(pg::Connection& leader,
                                          const CatalogDump& catalog) {
  const std::string tables = absl::StrJoin(
      catalog.sources, ",", [](std::string* out, const DataSource& source) {
        absl::StrAppend(out, source.relation);
      });
  ASSIGN_OR_RETURN(
      const pg::Result result,
      leader.Query("SELECT oid, pg_catalog.int8(reltuples)"
                   " FROM pg_catalog.pg_class"
                   " WHERE oid = ANY ($1::pg_catalog.oid[]) AND reltuples > 0",
                   {{absl::StrCat("{", tables, "}")}}));
  RowEstimates rows;
  for (const pg::Row row : result)
    rows[row.oid(0)] = static_cast<uint64_t>(row.integer(1));
  return rows;
}

DataFormat FormatFor(const CopyOptions& options, int source_major,
                     int target_major) {
  if (options.data_format != DataFormat::kAuto) return options.data_format;
  return target_major < source_major ? DataFormat::kText : DataFormat::kBinary;
}

}  // namespace

absl::StatusOr<DatabaseIdentity> ReadDatabaseIdentity(
    pg::Connection& connection) {
  DatabaseIdentity identity;
  ASSIGN_OR_RETURN(identity.server, pg::ReadServerIdentity(connection));
  ASSIGN_OR_RETURN(const pg::Result name,
                   connection.Query("SELECT pg_catalog.current_database()"));
  identity.database = name.row(0).str(0);
  identity.server_major = connection.server_major();
  return identity;
}

bool AreSameDatabase(const DatabaseIdentity& one,
                     const DatabaseIdentity& other) {
  const pg::ServerIdentity& a = one.server;
  const pg::ServerIdentity& b = other.server;
  if (one.database != other.database) return false;
  const bool known =
      !a.system_identifier.empty() && !b.system_identifier.empty();
  if (known && a.system_identifier != b.system_identifier) return false;
  if (a.start_time == b.start_time) return true;
  return known && (a.in_recovery == "t" || b.in_recovery == "t");
}

absl::StatusOr<std::unique_ptr<CopySource>> CopySource::Open(
    const CopyOptions& options, CancelToken& cancel) {
  pg::ConnectOptions connect = options.source;
  connect.cancel = &cancel;
  absl::StatusOr<std::unique_ptr<DumpSessions>> sessions = DumpSessions::Open(
      connect, {.row_security = options.catalog.row_security,
                .jobs = options.restore.single_transaction ? 1 : options.jobs,
                .allow_newer_server = options.allow_newer_server,
                .serializable_deferrable = options.serializable_deferrable});
  if (!sessions.ok()) return OfSource(sessions.status());
  std::unique_ptr<CopySource> source(new CopySource());
  source->sessions_ = *std::move(sessions);
  absl::StatusOr<DatabaseIdentity> identity =
      ReadDatabaseIdentity(source->sessions_->leader());
  if (!identity.ok()) return OfSource(identity.status());
  source->identity_ = *std::move(identity);
  source->monitor_.emplace(*source->sessions_, LockMonitorOptions{}, cancel);
  return source;
}

absl::Status CopySource::Read(const CopyOptions& options, int target_major,
                              CancelToken& cancel) {
  return OfSource(ReadAll(options, target_major, cancel));
}

absl::Status CopySource::ReadAll(const CopyOptions& options, int target_major,
                                 CancelToken& cancel) {
  ASSIGN_OR_RETURN(catalog_, ReadLockedCatalog(*sessions_, options.catalog,
                                               /*exported=*/"", cancel));
  sessions_->CloseFresh();
  pg::Connection& leader = sessions_->leader();
  ChooseWireFormats(FormatFor(options, leader.server_major(), target_major),
                    catalog_);
  ASSIGN_OR_RETURN(parts_, PlanTableParts(leader, catalog_, sessions_->jobs()));
  ASSIGN_OR_RETURN(const RowEstimates rows, EstimateRows(leader, catalog_));
  directory_ = DirectoryOf(parts_, rows);
  ASSIGN_OR_RETURN(info_, ReadSourceInfo(leader, sessions_->snapshot(),
                                         catalog_.extensions));
  return absl::OkStatus();
}

absl::Status CopySource::BeginCopying(CancelToken& cancel) {
  RETURN_IF_ERROR(OfSource(sessions_->BeginRecoverableCopying()));
  watch_.emplace(*sessions_, [&cancel](const absl::Status& lost) {
    cancel.Cancel(OfSource(lost));
  });
  return absl::OkStatus();
}

absl::Status CopySource::Close() {
  watch_.reset();
  absl::Status lasted = OfSource(sessions_->CheckLeader());
  monitor_.reset();
  sessions_.reset();
  return lasted;
}

}  // namespace pgbale
