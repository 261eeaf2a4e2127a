#include "engine/cli/report.h"

#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/inspect/json_object.h"

namespace pgbale {
namespace {

constexpr int64_t kStatusIntervalMs = 1000;

std::string Rate(uint64_t bytes, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
  return absl::StrCat(HumanBytes(static_cast<uint64_t>(rate)), "/s");
}

std::string StatusJson(const Progress& progress) {
  JsonObject json;
  json.Set("type", "status")
      .Set("rows", progress.rows.load())
      .Set("raw_bytes", progress.raw_bytes.load())
      .Set("raw_bytes_total", progress.raw_bytes_total.load())
      .Set("stored_bytes", progress.stored_bytes.load())
      .Set("jobs_done", progress.jobs_done.load())
      .Set("jobs_total", progress.jobs_total.load());
  return json.ToString();
}

// Further lines of a message are indented: what a server put into one cannot
// pass for a message of ours.
std::string Lines(absl::string_view message) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(message, '\n'))
    lines.push_back(Printable(line));
  return absl::StrJoin(lines, "\n  ");
}

}  // namespace

std::string ErrorText(const absl::Status& status) {
  const bool warning = FailureOf(status) == Failure::kPartial;
  std::string text = absl::StrCat("pgbale: ", warning ? "warning" : "error",
                                  ": ", Lines(status.message()), "\n");
  const std::string hint = HintOf(status);
  if (!hint.empty()) absl::StrAppend(&text, "HINT: ", Printable(hint), "\n");
  return text;
}

std::string ErrorJson(const absl::Status& status) {
  JsonObject json;
  json.Set("type", FailureOf(status) == Failure::kPartial ? "warning" : "error")
      .Set("message", status.message())
      .Set("hint", HintOf(status))
      .Set("sqlstate", SqlStateOf(status))
      .Set("exit_code", static_cast<uint64_t>(ExitCodeOf(status)));
  return json.ToString();
}

std::string UsageErrorText(const Command* command, const absl::Status& status) {
  const std::string name =
      command == nullptr ? "pgbale" : absl::StrCat("pgbale ", command->name);
  const std::string hint = HintOf(status);
  return absl::StrCat(name, ": ", Lines(status.message()), "\n",
                      hint.empty() ? "" : absl::StrCat("HINT: ", hint, "\n"),
                      "Try \"", name, " --help\"\n");
}

void PrintOut(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void PrintErr(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void PrintWarning(absl::string_view message, bool json) {
  PrintErr(absl::StrCat("pgbale: warning: ", Printable(message), "\n"));
  if (!json) return;
  JsonObject line;
  line.Set("type", "warning").Set("message", message);
  PrintOut(line.ToString() + "\n");
}

std::string DumpSummaryText(const DumpSummary& summary) {
  const double ratio = summary.archive_bytes == 0
                           ? 0
                           : static_cast<double>(summary.raw_bytes) /
                                 static_cast<double>(summary.archive_bytes);
  return absl::StrCat("dumped ", HumanCount(summary.entries), " entries, ",
                      HumanCount(summary.tables), " tables, ",
                      HumanCount(summary.rows), " rows in ",
                      HumanDuration(summary.total_seconds), "\n  catalog ",
                      HumanDuration(summary.catalog_seconds), ", data ",
                      HumanDuration(summary.data_seconds), " at ",
                      Rate(summary.raw_bytes, summary.data_seconds),
                      "\n  rows raw ", HumanBytes(summary.raw_bytes),
                      ", archive ", HumanBytes(summary.archive_bytes),
                      absl::StrFormat(", ratio %.1f\n", ratio));
}

namespace {

JsonObject DumpJson(const DumpSummary& summary) {
  JsonObject stages;
  stages.Set("receive", summary.stages.receive)
      .Set("wait", summary.stages.wait)
      .Set("encode", summary.stages.encode)
      .Set("write", summary.stages.write);
  JsonObject json;
  json.Set("type", "summary")
      .Set("entries", summary.entries)
      .Set("tables", summary.tables)
      .Set("rows", summary.rows)
      .Set("raw_bytes", summary.raw_bytes)
      .Set("archive_bytes", summary.archive_bytes)
      .Set("catalog_seconds", summary.catalog_seconds)
      .Set("data_seconds", summary.data_seconds)
      .Set("finish_seconds", summary.finish_seconds)
      .Set("total_seconds", summary.total_seconds)
      .Set("stage_seconds", std::move(stages))
      .Set("warnings", summary.warnings);
  return json;
}

// A line of a summary of many databases.
std::string DatabaseLine(absl::string_view database, uint64_t entries,
                         uint64_t rows) {
  return absl::StrCat("  ", Quoted(database), ": ", HumanCount(entries),
                      " entries, ", HumanCount(rows), " rows");
}

}  // namespace

std::string DumpSummaryJson(const DumpSummary& summary) {
  return DumpJson(summary).ToString();
}

std::string DumpAllSummaryText(const DumpAllSummary& summary) {
  std::string text =
      absl::StrCat("databases: ", HumanCount(summary.databases.size()), "\n");
  for (const DatabaseDump& dump : summary.databases)
    absl::StrAppend(
        &text,
        DatabaseLine(dump.database, dump.summary.entries, dump.summary.rows),
        ", ", HumanBytes(dump.summary.archive_bytes), " in ", dump.file, "\n");
  return text + DumpSummaryText(summary.total);
}

std::string DumpAllSummaryJson(const DumpAllSummary& summary) {
  std::vector<JsonObject> databases;
  for (const DatabaseDump& dump : summary.databases) {
    JsonObject json;
    json.Set("database", dump.database)
        .Set("file", dump.file)
        .Set("entries", dump.summary.entries)
        .Set("tables", dump.summary.tables)
        .Set("rows", dump.summary.rows)
        .Set("raw_bytes", dump.summary.raw_bytes)
        .Set("archive_bytes", dump.summary.archive_bytes);
    databases.push_back(std::move(json));
  }
  JsonObject json = DumpJson(summary.total);
  json.Set("databases", std::move(databases));
  return json.ToString();
}

std::string RestoreErrorText(const RestoreError& error) {
  std::string text = absl::StrCat("pgbale: error: ", Printable(error.entry),
                                  ": ", Printable(error.message));
  if (!error.sqlstate.empty())
    absl::StrAppend(&text, " (SQLSTATE ", error.sqlstate, ")");
  absl::StrAppend(&text, "\n");
  if (!error.hint.empty())
    absl::StrAppend(&text, "HINT: ", Printable(error.hint), "\n");
  return text;
}

std::string RestoreDetailsText(const RestoreSummary& summary) {
  if (summary.archive_bytes_read == 0) return "";
  return absl::StrCat(
      "  read of the archive: ", HumanBytes(summary.archive_bytes_read), "\n");
}

namespace {

std::string SummaryText(absl::string_view verb, const RestoreSummary& summary) {
  std::string filtered;
  for (const FilteredRows& rows : summary.filtered)
    absl::StrAppend(&filtered, "  ", rows.entry, ": ", HumanCount(rows.rows),
                    " rows by --where, of ", HumanCount(rows.rows_read),
                    " in the ", HumanCount(rows.chunks_read), " of ",
                    HumanCount(rows.chunks), " chunks that were read\n");
  return absl::StrCat(
      verb, " ", HumanCount(summary.entries), " entries, ",
      HumanCount(summary.tables), " tables, ", HumanCount(summary.rows),
      " rows in ", HumanDuration(summary.total_seconds), "\n  pre-data ",
      HumanDuration(summary.pre_data_seconds), ", data ",
      HumanDuration(summary.data_seconds), " at ",
      Rate(summary.raw_bytes, summary.data_seconds), ", post-data ",
      HumanDuration(summary.post_data_seconds),
      summary.analyzed == 0
          ? ""
          : absl::StrCat(", ANALYZE of ", HumanCount(summary.analyzed),
                         " relations ", HumanDuration(summary.analyze_seconds)),
      summary.resumed
          ? absl::StrCat(
                "\n  done before: ", HumanCount(summary.entries_before),
                " entries, ", HumanCount(summary.rows_before), " rows")
          : "",
      "\n", filtered);
}

std::vector<JsonObject> FilteredJson(const RestoreSummary& summary) {
  std::vector<JsonObject> filtered;
  for (const FilteredRows& rows : summary.filtered) {
    JsonObject json;
    json.Set("entry", rows.entry)
        .Set("chunks", rows.chunks)
        .Set("chunks_read", rows.chunks_read)
        .Set("rows_read", rows.rows_read)
        .Set("rows", rows.rows);
    filtered.push_back(std::move(json));
  }
  return filtered;
}

JsonObject RestoreJson(const RestoreSummary& summary) {
  std::vector<JsonObject> errors;
  for (const RestoreError& error : summary.errors) {
    JsonObject json;
    json.Set("entry", error.entry)
        .Set("sqlstate", error.sqlstate)
        .Set("message", error.message)
        .Set("hint", error.hint);
    errors.push_back(std::move(json));
  }
  JsonObject work;
  for (const auto& [kind, seconds] : summary.work_seconds)
    work.Set(kind, seconds);
  JsonObject json;
  json.Set("type", "summary")
      .Set("entries", summary.entries)
      .Set("tables", summary.tables)
      .Set("rows", summary.rows)
      .Set("raw_bytes", summary.raw_bytes)
      .Set("archive_bytes_read", summary.archive_bytes_read)
      .Set("filtered", FilteredJson(summary))
      .Set("pre_data_seconds", summary.pre_data_seconds)
      .Set("data_seconds", summary.data_seconds)
      .Set("post_data_seconds", summary.post_data_seconds)
      .Set("analyzed", summary.analyzed)
      .Set("analyze_seconds", summary.analyze_seconds)
      .Set("total_seconds", summary.total_seconds)
      .Set("work_seconds", std::move(work))
      .Set("changes", summary.changes)
      .Set("left_out", summary.left_out)
      .Set("warnings", summary.warnings)
      .Set("errors", std::move(errors));
  if (summary.resumed)
    json.Set("entries_before", summary.entries_before)
        .Set("rows_before", summary.rows_before);
  return json;
}

}  // namespace

std::string RestoreSummaryText(const RestoreSummary& summary) {
  return SummaryText("restored", summary);
}

std::string RestoreSummaryJson(const RestoreSummary& summary) {
  return RestoreJson(summary).ToString();
}

std::string CopySummaryText(const CopySummary& summary) {
  return absl::StrCat(SummaryText("copied", summary.restored), "  catalog ",
                      HumanDuration(summary.catalog_seconds), ", all together ",
                      HumanDuration(summary.total_seconds), "\n");
}

std::string CopySummaryJson(const CopySummary& summary) {
  std::vector<std::string> warnings = summary.restored.warnings;
  warnings.insert(warnings.end(), summary.warnings.begin(),
                  summary.warnings.end());
  JsonObject json = RestoreJson(summary.restored);
  json.Set("catalog_seconds", summary.catalog_seconds)
      .Set("total_seconds", summary.total_seconds)
      .Set("warnings", warnings);
  return json.ToString();
}

std::string RestoreAllSummaryText(const RestoreAllSummary& summary) {
  std::string text =
      absl::StrCat("databases: ", HumanCount(summary.databases.size()), "\n");
  for (const auto& [database, restored] : summary.databases)
    absl::StrAppend(
        &text, DatabaseLine(database, restored.entries, restored.rows), "\n");
  return text + RestoreSummaryText(summary.total);
}

std::string RestoreAllSummaryJson(const RestoreAllSummary& summary) {
  std::vector<JsonObject> databases;
  for (const auto& [database, restored] : summary.databases) {
    JsonObject json;
    json.Set("database", database)
        .Set("entries", restored.entries)
        .Set("tables", restored.tables)
        .Set("rows", restored.rows)
        .Set("raw_bytes", restored.raw_bytes);
    databases.push_back(std::move(json));
  }
  JsonObject json = RestoreJson(summary.total);
  json.Set("databases", std::move(databases));
  return json.ToString();
}

class StatusDisplay::JsonLines {
 public:
  explicit JsonLines(const Progress& progress)
      : progress_(progress), thread_([this] { Run(); }) {}
  ~JsonLines() {
    {
      MutexLock lock(mu_);
      ended_ = true;
      changed_.SignalAll();
    }
    thread_.join();
  }

 private:
  void Run() {
    MutexLock lock(mu_);
    while (!ended_) {
      if (!changed_.WaitFor(mu_, kStatusIntervalMs) && !ended_)
        PrintOut(StatusJson(progress_) + "\n");
    }
  }

  const Progress& progress_;
  Mutex mu_;
  CondVar changed_;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;  // last: it uses the others
};

StatusDisplay::StatusDisplay(const Progress& progress, absl::string_view verb,
                             const Arguments& arguments) {
  if (arguments.json) {
    programs_ = std::make_unique<JsonLines>(progress);
  } else {
    people_ = std::make_unique<ProgressDisplay>(progress, std::string(verb),
                                                arguments.quiet);
  }
}

StatusDisplay::~StatusDisplay() = default;

}  // namespace pgbale
