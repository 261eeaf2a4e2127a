#include "engine/dump/source_info.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/pg/session.h"
#include "base/status.h"

namespace pgbale {
namespace {

// datcollversion came with version 15.
std::string DatabaseQuery(int server_major) {
  return absl::StrCat(
      "SELECT datname, pg_catalog.pg_encoding_to_char(encoding), datcollate, ",
      server_major >= 15 ? "datcollversion" : "NULL",
      " FROM pg_catalog.pg_database"
      " WHERE datname = pg_catalog.current_database()");
}
enum DatabaseColumn { kName, kEncoding, kCollation, kCollationVersion };

std::string Now() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(),
                          absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<ArchiveInfo> ReadSourceInfo(
    pg::Connection& leader, const pg::Snapshot& snapshot,
    const std::vector<std::pair<std::string, std::string>>& extensions) {
  ASSIGN_OR_RETURN(const pg::ServerIdentity identity,
                   pg::ReadServerIdentity(leader));
  ASSIGN_OR_RETURN(const pg::Result result,
                   leader.Query(DatabaseQuery(leader.server_major())));
  if (result.rows() != 1)
    return MakeError(Failure::kError, "the database was renamed meanwhile");
  const pg::Row row = result.row(0);
  ArchiveInfo info;
  info.created_by = absl::StrCat("pgbale ", PGBALE_VERSION);
  info.created_at = Now();
  info.server_version = static_cast<uint32_t>(leader.server_version());
  info.server_version_text = leader.ParameterStatus("server_version");
  info.system_identifier = identity.system_identifier;
  info.database = row.str(kName);
  info.encoding = row.str(kEncoding);
  info.collation = row.str(kCollation);
  info.collation_version = row.str(kCollationVersion);
  info.snapshot_lsn = snapshot.lsn;
  info.snapshot_time = snapshot.time;
  info.extensions = extensions;
  return info;
}

}  // namespace pgbale
