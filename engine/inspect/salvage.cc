#include "engine/inspect/salvage.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect/input.h"
#include "engine/inspect/json_object.h"

namespace pgbale {
namespace {

// "rows 4 to 6", as far as that is known.
std::string RowRange(const LostRows& lost) {
  if (!lost.rows.has_value())
    return absl::StrCat("rows from ", HumanCount(lost.first_row),
                        " on, how many is not known");
  return absl::StrCat("rows ", HumanCount(lost.first_row), " to ",
                      HumanCount(lost.first_row + *lost.rows - 1));
}

std::string Now() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(),
                          absl::UTCTimeZone());
}

std::string LostLine(const LostRows& lost) {
  return absl::StrCat(lost.table, ": ", RowRange(lost), "; ",
                      HumanCount(lost.stored_bytes), " octets at position ",
                      lost.position);
}

std::vector<std::string> LostLines(const SalvagePlan& plan) {
  std::vector<std::string> lines;
  if (plan.entries_lost != 0)
    lines.push_back(absl::StrCat("objects whose definitions are lost: ",
                                 HumanCount(plan.entries_lost)));
  for (const LostRows& lost : plan.lost) lines.push_back(LostLine(lost));
  if (!plan.losses_are_known)
    lines.push_back(
        "what else the archive held is not known: its directory is lost");
  return lines;
}

// What is whole, and what to write.
absl::StatusOr<SalvageReport> Survey(const std::string& path,
                                     const SalvageOptions& options,
                                     CancelToken& cancel) {
  ASSIGN_OR_RETURN(std::unique_ptr<Source> file, OpenArchiveFile(path));
  const std::unique_ptr<ForwardSource> source = MakeForwardSource(
      std::make_unique<CancellableSource>(std::move(file), cancel));
  Progress checked;
  ArchiveSurvey survey = SurveyArchive(*source, options.workers, checked);
  RETURN_IF_ERROR(cancel.Check());
  SalvageReport report;
  report.whole = survey.damages.empty();
  if (report.whole) return report;
  // What is no bale, or a later version's, is not damaged.
  for (const Damage& damage : survey.damages)
    if (FailureOf(damage.status) == Failure::kError) return damage.status;
  absl::StatusOr<SalvagePlan> plan =
      PlanSalvage(survey, options.encoding, Now());
  if (!plan.ok()) return Annotate(plan.status(), Quoted(path));
  report.plan = *std::move(plan);
  report.damages = std::move(survey.damages);
  return report;
}

}  // namespace

absl::StatusOr<SalvageReport> SalvageFile(const std::string& path,
                                          const SalvageOptions& options,
                                          CancelToken& cancel,
                                          Progress& progress) {
  ASSIGN_OR_RETURN(SalvageReport report, Survey(path, options, cancel));
  if (report.whole) return report;
  for (const SalvagedChunk& chunk : report.plan.chunks) {
    report.rows += chunk.chunk.ref.rows;
    progress.raw_bytes_total += chunk.chunk.ref.raw_bytes;
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Source> file, OpenArchiveFile(path));
  CancellableSource source(std::move(file), cancel);
  ASSIGN_OR_RETURN(std::unique_ptr<Sink> sink,
                   OpenFileSink(options.output, options.file));
  ASSIGN_OR_RETURN(
      report.archive_bytes,
      WriteSalvage(report.plan, source, std::move(sink), progress));
  return report;
}

absl::Status VerdictOf(const SalvageReport& report) {
  if (report.whole) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kPartial, "the archive was not whole"),
      "The new archive says so to everybody who lists or restores it.");
}

std::string SalvageText(const SalvageReport& report) {
  if (report.whole) return "whole: nothing is to be salvaged or was written\n";
  std::string out;
  for (const Damage& damage : report.damages)
    absl::StrAppend(&out, "bad: ", Printable(damage.status.message()), "\n");
  for (const std::string& line : LostLines(report.plan))
    absl::StrAppend(&out, "lost: ", Printable(line), "\n");
  for (const IncompleteTable& table : report.plan.incomplete)
    absl::StrAppend(&out, "incomplete: ", Printable(table.table), "\n");
  absl::StrAppend(&out, "salvaged ", HumanCount(report.plan.entries.size()),
                  " entries, ", HumanCount(report.plan.chunks.size()),
                  " chunks, ", HumanCount(report.rows), " rows, ",
                  HumanBytes(report.archive_bytes), "\n");
  return out;
}

std::string SalvageJson(const SalvageReport& report) {
  std::vector<std::string> damages, incomplete;
  for (const Damage& damage : report.damages)
    damages.emplace_back(damage.status.message());
  for (const IncompleteTable& table : report.plan.incomplete)
    incomplete.push_back(table.table);
  JsonObject json;
  json.Set("type", "summary")
      .Set("whole", uint64_t{report.whole})
      .Set("entries", uint64_t{report.plan.entries.size()})
      .Set("entries_lost", report.plan.entries_lost)
      .Set("chunks", uint64_t{report.plan.chunks.size()})
      .Set("rows", report.rows)
      .Set("archive_bytes", report.archive_bytes)
      .Set("lost", LostLines(report.plan))
      .Set("incomplete", incomplete)
      .Set("damages", damages);
  return json.ToString();
}

}  // namespace pgbale
