#include "restore/preparation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/large_object_copy.h"
#include "restore/load_spans.h"
#include "restore/name_array.h"
#include "restore/partitions.h"
#include "restore/role_changes.h"
#include "restore/table_mode.h"
#include "restore/target_objects.h"

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
  if (options.table_mode != TableMode::kCreate &&
      (options.pre_data || options.post_data || !options.single_transaction))
    return MakeError(Failure::kUsage,
                     "table_mode is for rows alone, in one transaction");
  if (options.analyze && !options.data)
    return MakeError(Failure::kUsage, "analyze needs data");
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

// Those that are restored: the archive's, or what was made of them.
const std::vector<Entry>& EntriesOf(const std::vector<Entry>& archived,
                                    const Preparation& made) {
  return made.changed == nullptr ? archived : *made.changed;
}

// A copy of them, which may be changed; the selection points to it.
std::vector<Entry>& CopyEntries(const std::vector<Entry>& archived,
                                Preparation& made) {
  auto changed =
      std::make_unique<std::vector<Entry>>(EntriesOf(archived, made));
  for (const Entry*& entry : made.selection.entries)
    entry = &(*changed)[entry->id - 1];
  made.changed = std::move(changed);
  return *made.changed;
}

absl::Status Select(const std::vector<Entry>& archived,
                    const RestoreOptions& options, Preparation& made) {
  if (!options.role_map.empty()) {
    ASSIGN_OR_RETURN(std::vector<Entry> mapped,
                     WithRolesMapped(archived, options.role_map));
    made.changed = std::make_unique<std::vector<Entry>>(std::move(mapped));
  }
  ASSIGN_OR_RETURN(made.selection,
                   SelectEntries(EntriesOf(archived, made), options));
  return absl::OkStatus();
}

// What was left out for want of a relation comes where the target has that.
absl::Status SelectForTarget(const std::vector<Entry>& archived,
                             RestoreOptions options, Preparation& made) {
  if (made.selection.missing.empty() || options.create) return absl::OkStatus();
  ASSIGN_OR_RETURN(options.standing,
                   StandingRelations(*made.control, made.selection.missing));
  if (options.standing.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(made.selection,
                   SelectEntries(EntriesOf(archived, made), options));
  return absl::OkStatus();
}

// Names are looked up as the archive spells them; where that cannot be, the
// check says so.
void UseEncodingOf(const ArchiveInfo& info, pg::Connection& connection) {
  connection
      .Execute("SELECT pg_catalog.set_config('client_encoding', $1, false)",
               {info.encoding})
      .IgnoreError();
}

// Of what is selected, without the roles that this restore makes.
absl::StatusOr<absl::flat_hash_set<std::string>> MissingRoles(
    const ArchiveInfo& info, const RestoreOptions& options, Preparation& made) {
  std::set<std::string> roles = RolesNamedBy(made.selection, options.owner);
  for (const Entry* entry : made.selection.entries)
    if (entry->aspect == Aspect::kGlobal) roles.erase(entry->name);
  UseEncodingOf(info, *made.control);
  ASSIGN_OR_RETURN(
      const pg::Result result,
      made.control->Query(
          "SELECT r FROM pg_catalog.unnest($1::pg_catalog.text[]) r"
          " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles"
          " WHERE rolname = r)",
          {NameArray(roles)}));
  absl::flat_hash_set<std::string> missing;
  for (const pg::Row row : result) missing.insert(row.str(0));
  return missing;
}

absl::Status SkipMissingRoles(const ArchiveInfo& info,
                              const std::vector<Entry>& archived,
                              const RestoreOptions& options,
                              Preparation& made) {
  ASSIGN_OR_RETURN(const auto missing, MissingRoles(info, options, made));
  if (missing.empty()) return absl::OkStatus();
  absl::flat_hash_set<uint32_t> gone;
  made.left_out = LeaveOutRoles(missing, made.selection, options.owner,
                                CopyEntries(archived, made), gone);
  // With their comments.
  std::erase_if(made.selection.entries, [&gone](const Entry* entry) {
    if (gone.contains(entry->parent)) gone.insert(entry->id);
    return gone.contains(entry->id);
  });
  return absl::OkStatus();
}

// Conditions on rows, which the server must understand.
absl::Status FilterRows(const ArchiveInfo& info, const RestoreOptions& options,
                        Findings& found, Preparation& made) {
  if (options.where.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(made.filters, FindRowFilters(options, made.selection));
  UseEncodingOf(info, *made.control);
  return CheckRowFilters(*made.control, info, made.filters, made.selection,
                         found);
}

// An archive of rows alone does not say what is a partition of what.
absl::Status CheckHierarchy(const std::vector<Entry>& entries,
                            const RestoreOptions& options) {
  if (!options.load_via_root || !options.data) return absl::OkStatus();
  bool rows = false;
  for (const Entry& entry : entries) {
    if (entry.is_relation || (entry.data.has_value() && entry.data->via_root))
      return absl::OkStatus();
    rows = rows || entry.data.has_value();
  }
  if (!rows) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kError,
                "the archive holds rows alone, and does not say which tables "
                "are partitions of which"),
      "pgbale dump --load-via-partition-root marks such rows.");
}

// Rows of partitions into their roots, and what that makes doubtful.
absl::Status RouteRows(const std::vector<Entry>& archived,
                       const RestoreOptions& options, Preparation& made) {
  RETURN_IF_ERROR(CheckHierarchy(EntriesOf(archived, made), options));
  const std::vector<RowRoute> routes = RoutesOfRows(
      EntriesOf(archived, made), made.selection, options.load_via_root);
  if (!routes.empty()) {
    std::vector<Entry>& changed = CopyEntries(archived, made);
    for (const RowRoute& route : routes) {
      TableData& data = *changed[route.data_entry - 1].data;
      data.schema = changed[route.table - 1].schema;
      data.relation = changed[route.table - 1].name;
      data.via_root = route.via_root;
    }
  }
  const uint64_t left_out =
      LeaveOutStatisticsOfPartitions(EntriesOf(archived, made), made.selection);
  if (left_out > 0)
    made.selection.warnings.push_back(absl::StrCat(
        "left out statistics of partitions that other rows may come to than "
        "they had: ",
        HumanCount(left_out), "; run ANALYZE"));
  return absl::OkStatus();
}

// Other names and schemas.
absl::Status Relocate(const ArchiveInfo& info,
                      const std::vector<Entry>& archived,
                      const RestoreOptions& options, Findings& found,
                      Preparation& made) {
  if (options.renamings.empty() && options.into.empty())
    return absl::OkStatus();
  UseEncodingOf(info, *made.control);
  ASSIGN_OR_RETURN(
      made.relocation,
      Relocation::Prepare(*made.control, options, CopyEntries(archived, made),
                          made.selection, found));
  return absl::OkStatus();
}

// Entries around the rows, and rows that go elsewhere first.
absl::Status ChangeMode(const ArchiveInfo& info,
                        const std::vector<Entry>& archived,
                        const RestoreOptions& options, Findings& found,
                        Preparation& made) {
  if (options.table_mode == TableMode::kCreate) return absl::OkStatus();
  UseEncodingOf(info, *made.control);
  return ApplyTableMode(*made.control, options, made.filters,
                        CopyEntries(archived, made), made.selection, found);
}

// What several connections share, in jobs of their own.
absl::Status CutForWorkers(const Directory& directory,
                           const RestoreOptions& options, Preparation& made) {
  LoadCut cut = {.workers = WorkersOf(options),
                 .server_major = made.control->server_major()};
  if (HasLargeObjects(made.selection)) {
    ASSIGN_OR_RETURN(cut.large_objects, CanWriteSideBySide(*made.control));
  }
  made.plan.main =
      CutLoads(std::move(made.plan.main), directory, made.selection, cut);
  return absl::OkStatus();
}

Selection Remaining(const Selection& selection, const DoneWork* done) {
  Selection remaining = selection;
  if (done != nullptr)
    std::erase_if(remaining.entries,
                  [done](const Entry* entry) { return done->Made(entry->id); });
  return remaining;
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
                                           const std::vector<Entry>& archived,
                                           const Directory& directory,
                                           const RestoreOptions& options,
                                           const DoneWork* done) {
  Preparation made;
  RETURN_IF_ERROR(CheckOptions(options));
  RETURN_IF_ERROR(CheckGlobals(archived, options.globals));
  RETURN_IF_ERROR(Select(archived, options, made));
  ASSIGN_OR_RETURN(made.control, pg::Connection::Open(options.target));
  if (options.read_only)
    RETURN_IF_ERROR(
        made.control->Execute("SET default_transaction_read_only = on"));
  RETURN_IF_ERROR(SelectForTarget(archived, options, made));
  if (options.skip_missing_roles)
    RETURN_IF_ERROR(SkipMissingRoles(info, archived, options, made));
  RETURN_IF_ERROR(RouteRows(archived, options, made));
  Findings of_rows;
  RETURN_IF_ERROR(FilterRows(info, options, of_rows, made));
  RETURN_IF_ERROR(Relocate(info, archived, options, of_rows, made));
  RETURN_IF_ERROR(ChangeMode(info, archived, options, of_rows, made));
  const std::vector<Entry>& entries = EntriesOf(archived, made);
  if (made.control->server_major() < kStatisticsSince)
    LeaveOutStatistics(made.selection);
  WarnOfSubscriptions(made.selection);
  made.plan = MakePlan(entries, directory, made.selection, WorkersOf(options),
                       options.steps_bytes_min);
  // A table of which an error takes some rows is to lose all of them.
  if (options.exit_on_error)
    RETURN_IF_ERROR(CutForWorkers(directory, options, made));
  ASSIGN_OR_RETURN(made.findings,
                   CheckTarget(*made.control, info,
                               Remaining(made.selection, done), options));
  made.findings.Add(of_rows);
  if (made.relocation.has_value())
    made.relocation->Stage(*made.changed, made.selection);
  made.warnings = made.findings.warnings;
  made.warnings.insert(made.warnings.end(), made.selection.warnings.begin(),
                       made.selection.warnings.end());
  WarnOfSalvage(info, entries, directory, made.warnings);
  return made;
}

}  // namespace pgbale
