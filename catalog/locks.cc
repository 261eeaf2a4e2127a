#include "catalog/locks.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

// Octets of names in one LOCK statement: few round trips, and a statement
// text that any server takes.
constexpr size_t kLockStatementBytes = 100 * 1000;

// Dropped or renamed since: undefined table or schema, or something that is no
// table has its name. A deadlock is with somebody who changes tables.
bool IsGone(const absl::Status& status) {
  const std::string sqlstate = SqlStateOf(status);
  return sqlstate == "42P01" || sqlstate == "3F000" || sqlstate == "42809" ||
         sqlstate == "40P01";
}

bool IsTimeout(const absl::Status& status) {
  const std::string sqlstate = SqlStateOf(status);
  return sqlstate == "57014" || sqlstate == "55P03";
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

absl::Status LockAll(pg::Connection& leader, const RelationMap& relations,
                     const ObjectSelection& selection,
                     const absl::flat_hash_set<Oid>& unlockable) {
  std::string names;
  for (Oid oid : relations.oids()) {
    const Relation& relation = *relations.Find(oid);
    // The server locks no foreign table on demand.
    if (!relation.is_table() || relation.is_foreign() ||
        !selection.HasRelation(oid) || unlockable.contains(oid)) {
      continue;
    }
    absl::StrAppend(&names, names.empty() ? "" : ", ", "ONLY ",
                    relation.qualified);
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
  // lock_timeout starts anew with each table of a list; the option means the
  // wait as a whole, so it bounds the statement.
  if (timeout_ms > 0) {
    RETURN_IF_ERROR(
        leader.Execute(absl::StrCat("SET statement_timeout = ", timeout_ms)));
  }
  const absl::Status locked = LockAll(leader, relations, selection, unlockable);
  if (IsTimeout(locked)) return NameHolders(locked, fresh, selection);
  RETURN_IF_ERROR(locked);
  return timeout_ms > 0 ? leader.Execute("SET statement_timeout = 0")
                        : absl::OkStatus();
}

bool IsSchemaChange(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAborted;
}

}  // namespace pgbale
