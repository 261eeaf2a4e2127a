#include "catalog/locks.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// Octets of names in one LOCK statement: few round trips, and a statement
// text that any server takes.
constexpr size_t kLockStatementBytes = 100 * 1000;

// Room for the locks on system catalogs, of this dump and of others.
constexpr uint64_t kOtherLocks = 200;

// Dropped or renamed since: undefined table or schema, or something that is no
// table has its name. A deadlock is with somebody who changes tables.
bool IsGone(const absl::Status& status) {
  const std::string sqlstate = SqlStateOf(status);
  return sqlstate == "42P01" || sqlstate == "3F000" || sqlstate == "42809" ||
         sqlstate == pg::kDeadlockDetected;
}

bool IsTimeout(const absl::Status& status) {
  const std::string sqlstate = SqlStateOf(status);
  return sqlstate == pg::kQueryCanceled || sqlstate == pg::kLockNotAvailable;
}

absl::Status LockBatch(pg::Connection& leader, const std::string& names) {
  const absl::Status status = leader.Execute(
      absl::StrCat("LOCK TABLE ", names, " IN ACCESS SHARE MODE"));
  if (IsGone(status)) {
    return absl::AbortedError(absl::StrCat(
        "tables were changed while they were locked: ", status.message()));
  }
  return Annotate(status, "locking the tables");
}

// `status` with the tables that somebody else holds. What cannot be found out
// any more is left as it is.
absl::Status NameHolders(absl::Status status, pg::Connection& fresh,
                         const ObjectSelection& selection) {
  enum { kOid, kSchema, kName, kPid };
  const absl::StatusOr<pg::Result> locks = fresh.Query(
      "SELECT c.oid, n.nspname, c.relname, l.pid FROM pg_catalog.pg_locks l "
      "JOIN pg_catalog.pg_class c ON c.oid = l.relation "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.database = "
      "(SELECT oid FROM pg_catalog.pg_database "
      "WHERE datname = pg_catalog.current_database()) ORDER BY 2, 3");
  if (!locks.ok()) return status;
  for (pg::Row row : *locks) {
    if (!selection.HasRelation(row.oid(kOid))) continue;
    status = Annotate(
        status,
        absl::StrCat("table ", Quoted(row.text(kSchema), row.text(kName)),
                     " is locked by the session with pid ", row.text(kPid)));
  }
  return WithHint(status,
                  "Wait for that session to end, or raise "
                  "--lock-wait-timeout.");
}

// The tables to lock, as LOCK names them.
std::vector<std::string> TablesToLock(
    const RelationMap& relations, const ObjectSelection& selection,
    const absl::flat_hash_set<Oid>& unlockable) {
  std::vector<std::string> tables;
  for (Oid oid : relations.oids()) {
    const Relation& relation = *relations.Find(oid);
    // The server locks no foreign table on demand.
    if (!relation.is_table() || relation.is_foreign() ||
        !selection.HasRelation(oid) || unlockable.contains(oid)) {
      continue;
    }
    tables.push_back(absl::StrCat("ONLY ", relation.qualified));
  }
  return tables;
}

// Empty if the server has room for `count` locks beside those of everybody
// else; else what to set. The server may have some more room than it promises,
// so that this is no error yet.
absl::StatusOr<std::string> LockRoomAdvice(pg::Connection& fresh,
                                           size_t count) {
  enum { kPerTransaction, kTransactions };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      fresh.Query(
          "SELECT pg_catalog.current_setting('max_locks_per_transaction'), "
          "pg_catalog.current_setting('max_connections')::pg_catalog.int8 + "
          "pg_catalog.current_setting('max_prepared_transactions')"
          "::pg_catalog.int8"));
  const auto transactions =
      static_cast<uint64_t>(result.row(0).integer(kTransactions));
  const uint64_t room =
      transactions *
      static_cast<uint64_t>(result.row(0).integer(kPerTransaction));
  const uint64_t needed = count + kOtherLocks;
  if (needed <= room) return std::string();
  return absl::StrCat("The dump locks ", count,
                      " tables, and the server has room for ", room,
                      " locks of everybody: set max_locks_per_transaction to ",
                      (needed + transactions - 1) / transactions,
                      " or more, and start the server anew.");
}

absl::Status LockAll(pg::Connection& leader,
                     const std::vector<std::string>& tables) {
  std::string names;
  for (const std::string& table : tables) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", table);
    if (names.size() < kLockStatementBytes) continue;
    RETURN_IF_ERROR(LockBatch(leader, names));
    names.clear();
  }
  return names.empty() ? absl::OkStatus() : LockBatch(leader, names);
}

}  // namespace

absl::Status LockTables(pg::Connection& leader, pg::Connection& fresh,
                        const RelationMap& relations,
                        const ObjectSelection& selection,
                        const absl::flat_hash_set<Oid>& unlockable,
                        int64_t timeout_ms) {
  const std::vector<std::string> tables =
      TablesToLock(relations, selection, unlockable);
  ASSIGN_OR_RETURN(const std::string advice,
                   LockRoomAdvice(fresh, tables.size()));
  if (!advice.empty())
    spdlog::warn("there may be no room for all locks\nHINT: {}", advice);
  // lock_timeout starts anew with each table of a list; the option means the
  // wait as a whole, so it bounds the statement.
  if (timeout_ms > 0) {
    RETURN_IF_ERROR(
        leader.Execute(absl::StrCat("SET statement_timeout = ", timeout_ms)));
  }
  const absl::Status locked = LockAll(leader, tables);
  if (IsTimeout(locked)) return NameHolders(locked, fresh, selection);
  if (SqlStateOf(locked) == pg::kOutOfMemory && !advice.empty())
    return WithHint(locked, advice);
  RETURN_IF_ERROR(locked);
  return timeout_ms > 0 ? leader.Execute("SET statement_timeout = 0")
                        : absl::OkStatus();
}

bool IsSchemaChange(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAborted;
}

}  // namespace pgbale
