#include "restore/dry_run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "restore/analyze.h"
#include "restore/label.h"
#include "restore/preparation.h"

namespace pgbale {
namespace {

void AddStep(absl::string_view phase, uint64_t entries, DryRunReport& report) {
  if (entries == 0) return;
  DryRunStep& step = report.order.emplace_back();
  step.phase = std::string(phase);
  step.entries = entries;
}

uint64_t EntriesIn(const std::vector<PlannedJob>& jobs) {
  uint64_t count = 0;
  for (const PlannedJob& job : jobs) count += job.entries.size();
  return count;
}

void AddRows(const Preparation& made, const Directory& directory,
             DryRunReport& report) {
  std::vector<DryRunStep> tables;
  for (const Entry* entry : made.selection.entries) {
    if (!entry->data.has_value()) continue;
    const TableTotals totals = directory.TotalsOf(entry->id);
    tables.push_back(
        {"rows", EntryLabel(*entry), 1, totals.rows, totals.raw_bytes});
    ++report.tables;
    report.rows += totals.rows;
    report.raw_bytes += totals.raw_bytes;
  }
  std::stable_sort(tables.begin(), tables.end(),
                   [](const DryRunStep& one, const DryRunStep& other) {
                     return one.raw_bytes > other.raw_bytes;
                   });
  report.order.insert(report.order.end(), tables.begin(), tables.end());
}

void AddOrder(const Preparation& made, const std::vector<Entry>& entries,
              const Directory& directory, const RestoreOptions& options,
              DryRunReport& report) {
  AddStep("globals", made.plan.globals.size(), report);
  AddStep("database", made.plan.database.size(), report);
  if (options.clean && !options.create)
    AddStep("drop", EntriesToDrop(entries, made.selection).size(), report);
  AddStep("pre-data", made.plan.pre_data.size(), report);
  AddRows(made, directory, report);
  uint64_t behind = 0;
  for (const PlannedJob& job : made.plan.main)
    if (!job.rows && job.step.value_or(0) == 0) behind += job.entries.size();
  AddStep("post-data", behind, report);
  AddStep("privileges", made.plan.privileges.size(), report);
  AddStep("last", EntriesIn(made.plan.last), report);
  AddStep("statistics", EntriesIn(made.plan.statistics), report);
  if (options.analyze)
    AddStep("analyze", RelationsToAnalyze(made.selection, entries).size(),
            report);
}

absl::Status AddTarget(pg::Connection& control, const ArchiveInfo& info,
                       const RestoreOptions& options, DryRunReport& report) {
  ASSIGN_OR_RETURN(const pg::Result result,
                   control.Query("SELECT pg_catalog.current_database()"));
  report.database = options.create ? info.database : result.row(0).str(0);
  report.creates_database = options.create;
  report.target_version = control.ParameterStatus("server_version");
  report.source_version = info.server_version_text;
  return absl::OkStatus();
}

}  // namespace

absl::Status DryRunReport::Outcome() const {
  RETURN_IF_ERROR(findings.Verdict());
  const size_t causes = findings.lacks.size() + left_out.size();
  if (causes == 0) return absl::OkStatus();
  return MakeError(Failure::kPartial,
                   absl::StrCat("what the target lacks would leave out "
                                "objects; causes: ",
                                causes));
}

absl::StatusOr<DryRunReport> DryRun(const ArchiveReader& reader,
                                    const RestoreOptions& options,
                                    CancelToken& cancel) {
  return DryRun(reader.info(), reader.entries(), reader.directory(), options,
                cancel);
}

absl::StatusOr<DryRunReport> DryRun(const ArchiveInfo& info,
                                    const std::vector<Entry>& entries,
                                    const Directory& directory,
                                    const RestoreOptions& options,
                                    CancelToken& cancel) {
  RestoreOptions harmless = options;
  harmless.target.cancel = &cancel;
  harmless.read_only = true;
  ASSIGN_OR_RETURN(Preparation made,
                   PrepareRestore(info, entries, directory, harmless));
  DryRunReport report;
  RETURN_IF_ERROR(AddTarget(*made.control, info, options, report));
  report.entries = made.selection.entries.size();
  for (const Entry* entry : made.selection.entries)
    ++report.entries_by_kind[entry->kind];
  AddOrder(made, entries, directory, options, report);
  report.findings = std::move(made.findings);
  report.left_out = std::move(made.left_out);
  report.warnings = std::move(made.warnings);
  return report;
}

}  // namespace pgbale
