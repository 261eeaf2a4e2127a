#include "base/pg/snapshot.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale::pg {
namespace {

constexpr absl::string_view kBegin =
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
constexpr absl::string_view kBeginDeferrable =
    "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE";

// Read before the transaction: some services forbid it, and an error inside
// would end the transaction. So it is a lower bound: all that was committed
// before this position is in the snapshot.
std::string ReadLsn(Connection& leader) {
  const auto result = leader.Query(
      "SELECT CASE WHEN pg_catalog.pg_is_in_recovery()"
      " THEN pg_catalog.pg_last_wal_replay_lsn()"
      " ELSE pg_catalog.pg_current_wal_lsn() END");
  return result.ok() && result->rows() == 1 ? result->row(0).str(0) : "";
}

absl::StatusOr<Snapshot> ExportSnapshot(Connection& leader) {
  enum Column { kId, kTime };
  const auto result = leader.Query(
      "SELECT pg_catalog.pg_export_snapshot(),"
      " pg_catalog.to_char(pg_catalog.timezone('UTC',"
      " pg_catalog.transaction_timestamp()), "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  if (!result.ok()) return Annotate(result.status(), "cannot export snapshot");
  Snapshot snapshot;
  snapshot.id = result->row(0).str(kId);
  snapshot.time = result->row(0).str(kTime);
  return snapshot;
}

}  // namespace

absl::StatusOr<Snapshot> BeginSnapshot(Connection& leader,
                                       bool serializable_deferrable) {
  const std::string lsn = ReadLsn(leader);
  RETURN_IF_ERROR(
      leader.Execute(serializable_deferrable ? kBeginDeferrable : kBegin));
  ASSIGN_OR_RETURN(Snapshot snapshot, ExportSnapshot(leader));
  snapshot.lsn = lsn;
  return snapshot;
}

absl::StatusOr<Snapshot> AdoptSnapshot(Connection& leader,
                                       const std::string& id) {
  RETURN_IF_ERROR(ImportSnapshot(leader, id));
  return ExportSnapshot(leader);
}

absl::Status ImportSnapshot(Connection& worker, const std::string& id) {
  // SET TRANSACTION takes no parameter, and the session may still read
  // backslashes in literals: an id is hexadecimal digits and dashes.
  const bool valid = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isxdigit(c) || c == '-';
  });
  if (!valid || id.empty())
    return MakeError(Failure::kError,
                     absl::StrCat(Quoted(id), " is no snapshot"));
  const std::string import =
      absl::StrCat("SET TRANSACTION SNAPSHOT '", id, "'");
  return Annotate(worker.ExecutePipeline({kBegin, import}),
                  absl::StrCat("cannot import snapshot ", Quoted(id)));
}

}  // namespace pgbale::pg
