#include "restore/preparation.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"

namespace pgbale {
namespace {

// Whether roles and tablespaces are restored must be said, but an archive that
// holds nothing else, or none, leaves no choice.
absl::Status CheckGlobals(const std::vector<Entry>& entries, bool wanted) {
  const auto global = [&entries](const Entry& entry) {
    return IsGlobal(entry, entries);
  };
  if (!wanted && !entries.empty() && absl::c_all_of(entries, global))
    return WithHint(MakeError(Failure::kError,
                              "the archive holds roles and tablespaces only"),
                    "Restore them with --globals.");
  if (wanted && absl::c_none_of(entries, global))
    return WithHint(MakeError(Failure::kError,
                              "the archive holds no roles and tablespaces"),
                    "pgbale dump --globals puts them into it.");
  return absl::OkStatus();
}

absl::Status CheckOptions(const RestoreOptions& options) {
  if (options.if_exists && !options.clean)
    return MakeError(Failure::kUsage, "if_exists needs clean");
  return absl::OkStatus();
}

// The first server that takes statistics of the planner.
constexpr int kStatisticsSince = 18;

void LeaveOutStatistics(Selection& selection) {
  std::vector<const Entry*>& entries = selection.entries;
  const auto kept = std::remove_if(
      entries.begin(), entries.end(),
      [](const Entry* entry) { return entry->aspect == Aspect::kStatistics; });
  const auto count = static_cast<uint64_t>(entries.end() - kept);
  entries.erase(kept, entries.end());
  if (count == 0) return;
  selection.warnings.push_back(
      absl::StrCat("left out the statistics of ", HumanCount(count),
                   count == 1 ? " relation" : " relations",
                   ": only servers from PostgreSQL ", kStatisticsSince,
                   " on can take them; run ANALYZE"));
}

// They are not enabled, whatever they were.
void WarnOfSubscriptions(Selection& selection) {
  const auto count = static_cast<uint64_t>(
      absl::c_count_if(selection.entries, [](const Entry* entry) {
        return entry->aspect == Aspect::kSubscription;
      }));
  if (count == 0) return;
  selection.warnings.push_back(absl::StrCat(
      HumanCount(count), count == 1 ? " subscription is" : " subscriptions are",
      " restored without a connection: when the original receives no more, use "
      "ALTER SUBSCRIPTION … ENABLE, then REFRESH PUBLICATION"));
}

// What the archive says is missing of it.
void WarnOfSalvage(const ArchiveInfo& info, const std::vector<Entry>& entries,
                   const Directory& directory,
                   std::vector<std::string>& warnings) {
  if (info.salvaged_at.empty()) return;
  warnings.push_back(absl::StrCat(
      "this archive was salvaged from a damaged one at ", info.salvaged_at,
      info.entries_lost == 0
          ? ""
          : absl::StrCat("; objects that are lost: ", info.entries_lost)));
  for (std::string& warning : MissingRowsWarnings(entries, directory))
    warnings.push_back(std::move(warning));
}

}  // namespace

int WorkersOf(const RestoreOptions& options) {
  if (options.single_transaction) return 1;
  if (options.jobs > 0) return options.jobs;
  return Processors();
}

std::vector<std::string> MissingRowsWarnings(const std::vector<Entry>& entries,
                                             const Directory& directory) {
  std::vector<std::string> warnings;
  for (const TableTotals& table : directory.tables) {
    if (!table.incomplete) continue;
    warnings.push_back(
        absl::StrCat(EntryLabel(entries[table.entry_id - 1]), ": ",
                     table.rows_missing == 0
                         ? "rows may be missing"
                         : absl::StrCat("rows that are missing: ",
                                        HumanCount(table.rows_missing))));
  }
  return warnings;
}

std::vector<const Entry*> EntriesToDrop(const std::vector<Entry>& all,
                                        const Selection& selection) {
  std::vector<const Entry*> entries;
  for (const Entry* entry : selection.entries)
    if (!selection.needed.contains(entry->id) && !IsGlobal(*entry, all) &&
        entry->aspect != Aspect::kDatabase)
      entries.push_back(entry);
  return entries;
}

absl::StatusOr<Preparation> PrepareRestore(const ArchiveInfo& info,
                                           const std::vector<Entry>& entries,
                                           const Directory& directory,
                                           const RestoreOptions& options) {
  Preparation made;
  RETURN_IF_ERROR(CheckOptions(options));
  RETURN_IF_ERROR(CheckGlobals(entries, options.globals));
  ASSIGN_OR_RETURN(made.selection, SelectEntries(entries, options));
  ASSIGN_OR_RETURN(made.control, pg::Connection::Open(options.target));
  if (options.read_only)
    RETURN_IF_ERROR(
        made.control->Execute("SET default_transaction_read_only = on"));
  if (made.control->server_major() < kStatisticsSince)
    LeaveOutStatistics(made.selection);
  WarnOfSubscriptions(made.selection);
  made.plan = MakePlan(entries, directory, made.selection, WorkersOf(options));
  ASSIGN_OR_RETURN(made.findings,
                   CheckTarget(*made.control, info, made.selection, options));
  made.warnings = made.findings.warnings;
  made.warnings.insert(made.warnings.end(), made.selection.warnings.begin(),
                       made.selection.warnings.end());
  WarnOfSalvage(info, entries, directory, made.warnings);
  return made;
}

}  // namespace pgbale
