#include "engine/dump/locked_catalog.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/dangling.h"
#include "catalog/definition_state.h"
#include "catalog/locks.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// New snapshots before a dump gives up on a database that changes all the
// time.
constexpr int kSnapshotsMax = 5;

// Functions of the server that give a definition as text see what is
// committed, not the snapshot: of what was dropped or renamed since, they say
// that it does not exist (class 42, 3F000), or fail altogether (XX000, "cache
// lookup failed").
bool MayBeSchemaChange(const absl::Status& status) {
  const std::string sqlstate = SqlStateOf(status);
  return IsSchemaChange(status) || sqlstate == "XX000" || sqlstate == "3F000" ||
         sqlstate == pg::kDeadlockDetected ||
         (absl::StartsWith(sqlstate, "42") &&
          sqlstate != pg::kInsufficientPrivilege);
}

std::string DescribeChange(const absl::Status& status) {
  return IsSchemaChange(status) ? std::string(status.message())
                                : "definitions changed while they were read";
}

// The error of a catalog that refers to what does not exist, with what does;
// else `otherwise`.
absl::Status NameDangling(const absl::Status& status, DumpSessions& sessions,
                          const absl::Status& otherwise) {
  const std::vector<std::string> lines =
      DescribeDangling(*sessions.ForCatalog().fresh);
  if (lines.empty()) return otherwise;
  return WithHint(
      MakeError(FailureOf(status),
                absl::StrCat(status.message(), "\nthe catalog is damaged:\n  ",
                             absl::StrJoin(lines, "\n  "))),
      "Drop these objects, or make again what they refer to, then dump.");
}

// Another session's snapshot stays what it is.
absl::Status ChangedSince(const absl::Status& status,
                          const std::string& snapshot) {
  return WithHint(
      MakeError(Failure::kError,
                absl::StrCat("snapshot ", Quoted(snapshot),
                             " cannot be dumped any more: ", status.message())),
      "No definitions may change between the export of a snapshot and its "
      "dump; export a new one.");
}

absl::Status GaveUp(const absl::Status& status, DumpSessions& sessions) {
  const absl::Status error = WithHint(
      MakeError(Failure::kCancelled,
                absl::StrCat("gave up after ", kSnapshotsMax,
                             " snapshots: ", DescribeChange(status))),
      "Definitions change all the time; try again, best when no migration "
      "runs.");
  return IsSchemaChange(status) ? error : NameDangling(status, sessions, error);
}

absl::StatusOr<CatalogDump> TryReadCatalog(DumpSessions& sessions,
                                           const CatalogOptions& options,
                                           CancelToken& cancel) {
  RETURN_IF_ERROR(sessions.Begin());
  // An error in one try must not cancel the next one, but a signal must end
  // any of them.
  CancelToken attempt;
  const uint64_t id = cancel.AddCallback(
      [&attempt] { attempt.Cancel(MakeError(Failure::kError, "cancelled")); });
  absl::StatusOr<CatalogDump> catalog =
      ReadCatalog(sessions.ForCatalog(), options, attempt);
  cancel.RemoveCallback(id);
  return catalog;
}

}  // namespace

absl::StatusOr<CatalogDump> ReadLockedCatalog(DumpSessions& sessions,
                                              CatalogOptions wanted,
                                              const std::string& exported,
                                              CancelToken& cancel) {
  if (sessions.in_recovery() &&
      wanted.unlogged_data == CatalogOptions::Unlogged::kYes) {
    wanted.unlogged_data = CatalogOptions::Unlogged::kNotThere;
  }
  std::optional<DefinitionState> before;
  for (int snapshot = 1;; ++snapshot) {
    absl::StatusOr<CatalogDump> catalog =
        TryReadCatalog(sessions, wanted, cancel);
    if (catalog.ok() || !MayBeSchemaChange(catalog.status())) return catalog;
    if (!exported.empty()) return ChangedSince(catalog.status(), exported);
    const absl::Status& status = catalog.status();
    pg::Connection& fresh = *sessions.ForCatalog().fresh;
    if (before.has_value() && !IsSchemaChange(status)) {
      ASSIGN_OR_RETURN(const DefinitionState after,
                       ReadDefinitionState(fresh, before->horizon));
      if (after == *before) return NameDangling(status, sessions, status);
    }
    if (snapshot == kSnapshotsMax) return GaveUp(status, sessions);
    spdlog::info("{}: trying again with a new snapshot",
                 Printable(DescribeChange(status)));
    // Changes come in bursts.
    RETURN_IF_ERROR(fresh.Execute(
        absl::StrCat("SELECT pg_catalog.pg_sleep(", snapshot, " / 10.0)")));
    ASSIGN_OR_RETURN(before, ReadDefinitionState(fresh));
  }
}

}  // namespace pgbale
