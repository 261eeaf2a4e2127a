#include "restore/globals.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/server_state.h"
#include "restore/statement_batch.h"

namespace pgbale {
namespace {

// What a role may do, by name; "valid": its password has not expired.
using Rights = std::map<std::string, bool>;
using RightsOfRoles = std::map<std::string, Rights>;

constexpr absl::string_view kProtectedRoles =
    "SELECT r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb, "
    "r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit <> 0, "
    "coalesce(r.rolvaliduntil > pg_catalog.now(), true) "
    "FROM pg_catalog.pg_roles r WHERE r.oid = 10 "
    "OR r.rolname IN (session_user, current_user)";

constexpr const char* kRights[] = {
    "SUPERUSER",   "CREATEROLE", "CREATEDB",    "LOGIN",
    "REPLICATION", "BYPASSRLS",  "connections", "a password that is valid"};

absl::StatusOr<RightsOfRoles> ReadProtectedRoles(pg::Connection& connection) {
  ASSIGN_OR_RETURN(const pg::Result result, connection.Query(kProtectedRoles));
  RightsOfRoles roles;
  for (const pg::Row row : result) {
    int column = 1;
    for (const char* right : kRights)
      roles[row.str(0)][right] = row.boolean(column++);
  }
  return roles;
}

class GlobalsRunner {
 public:
  GlobalsRunner(Session& session, const StatementOptions& options,
                CancelToken& cancel, ErrorLog& errors, Progress& progress)
      : session_(session),
        options_(options),
        cancel_(cancel),
        errors_(errors),
        progress_(progress),
        runner_({.statements = options, .may_exist = {}}, cancel, errors,
                progress) {}

  absl::StatusOr<GlobalsReport> Run(EntrySpan entries);

 private:
  // Alters what stands, and makes the rest.
  absl::Status RunAll(EntrySpan entries, const ServerState& before);
  absl::Status Alter(const Entry& entry);
  // In a transaction that is undone if a protected role loses a right.
  absl::Status AlterProtected(const Entry& entry, const StatementBatch& batch);
  // Empty: none.
  absl::StatusOr<std::vector<std::string>> LostRights(const std::string& role);
  void LeaveAsItIs(const Entry& entry, absl::string_view why);
  pg::Connection& connection() { return session_.connection(); }

  Session& session_;
  const StatementOptions options_;
  CancelToken& cancel_;
  ErrorLog& errors_;
  Progress& progress_;
  EntryRunner runner_;
  RightsOfRoles protected_;
  GlobalsReport report_;
};

absl::StatusOr<GlobalsReport> GlobalsRunner::Run(EntrySpan entries) {
  ASSIGN_OR_RETURN(const ServerState before, ServerState::Read(connection()));
  ASSIGN_OR_RETURN(protected_, ReadProtectedRoles(connection()));
  RETURN_IF_ERROR(RunAll(entries, before));
  ASSIGN_OR_RETURN(const ServerState after, ServerState::Read(connection()));
  report_.entries += runner_.created();
  report_.changes = after.ChangesSince(before);
  return std::move(report_);
}

absl::Status GlobalsRunner::RunAll(EntrySpan entries,
                                   const ServerState& before) {
  size_t begin = 0;
  for (size_t i = 0; i <= entries.size(); ++i) {
    const bool stands = i < entries.size() && !entries[i]->alter.empty() &&
                        before.Has(entries[i]->name);
    if (!stands && i < entries.size()) continue;
    RETURN_IF_ERROR(
        runner_.Create(session_, entries.subspan(begin, i - begin)));
    if (stands) RETURN_IF_ERROR(Alter(*entries[i]));
    begin = i + 1;
  }
  return absl::OkStatus();
}

absl::Status GlobalsRunner::Alter(const Entry& entry) {
  StatementBatch batch(options_, session_.settings());
  batch.AddAlter(entry);
  if (protected_.contains(entry.name)) return AlterProtected(entry, batch);
  std::string failed;
  const absl::Status status = connection().ExecutePipeline(
      batch.statements(),
      [&](size_t index) { failed = std::string(batch.statements()[index]); });
  if (status.ok()) {
    ++report_.entries;
    ++progress_.jobs_done;
    return status;
  }
  RETURN_IF_ERROR(cancel_.Check());
  if (!connection().alive()) return DescribeError(status, entry, failed);
  return errors_.Take(status, entry, failed);
}

absl::Status GlobalsRunner::AlterProtected(const Entry& entry,
                                           const StatementBatch& batch) {
  RETURN_IF_ERROR(connection().Execute("BEGIN"));
  for (const absl::string_view statement : batch.statements()) {
    const absl::Status status = connection().Execute(statement);
    if (!status.ok()) {
      RETURN_IF_ERROR(cancel_.Check());
      if (!connection().alive()) return DescribeError(status, entry, "");
      LeaveAsItIs(entry, status.message());
      return connection().Execute("ROLLBACK");
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> lost,
                     LostRights(entry.name));
    if (lost.empty()) continue;
    LeaveAsItIs(entry,
                absl::StrCat("it would lose ", absl::StrJoin(lost, ", ")));
    return connection().Execute("ROLLBACK");
  }
  ++report_.entries;
  ++progress_.jobs_done;
  return connection().Execute("COMMIT");
}

absl::StatusOr<std::vector<std::string>> GlobalsRunner::LostRights(
    const std::string& role) {
  ASSIGN_OR_RETURN(const RightsOfRoles now, ReadProtectedRoles(connection()));
  std::vector<std::string> lost;
  for (const auto& [right, had] : protected_.at(role)) {
    const auto is = now.find(role);
    if (had && (is == now.end() || !is->second.at(right)))
      lost.push_back(right);
  }
  return lost;
}

void GlobalsRunner::LeaveAsItIs(const Entry& entry, absl::string_view why) {
  report_.left_out.push_back(
      absl::StrCat("left as it was: ", EntryLabel(entry),
                   ", which restores or was made by initdb: ", Printable(why)));
}

}  // namespace

absl::StatusOr<GlobalsReport> RestoreGlobals(
    Session& session, EntrySpan entries, const StatementOptions& options,
    CancelToken& cancel, ErrorLog& errors, Progress& progress) {
  return GlobalsRunner(session, options, cancel, errors, progress).Run(entries);
}

}  // namespace pgbale
