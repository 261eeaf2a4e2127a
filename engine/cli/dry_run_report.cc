#include "engine/cli/dry_run_report.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "engine/inspect/json_object.h"

namespace pgbale {
namespace {

// As many as can be taken in at a glance.
constexpr size_t kTablesShown = 10;

std::string PhaseText(const DryRunStep& step) {
  const std::string count = HumanCount(step.entries);
  if (step.phase == "globals")
    return absl::StrCat("roles and tablespaces: ", count);
  if (step.phase == "database")
    return absl::StrCat("the database and its properties: ", count);
  if (step.phase == "drop") return absl::StrCat("drop what stands: ", count);
  if (step.phase == "pre-data")
    return absl::StrCat("definitions before the data: ", count);
  if (step.phase == "post-data")
    return absl::StrCat(
        "indexes, constraints and what else is behind the data, for each "
        "table when its rows are loaded: ",
        count);
  if (step.phase == "last")
    return absl::StrCat("refreshes and event triggers: ", count);
  return absl::StrCat(step.phase, ": ", count);
}

std::string TableText(const DryRunStep& step) {
  return absl::StrCat("     ", step.label, ": ", HumanCount(step.rows),
                      step.rows == 1 ? " row, " : " rows, ",
                      HumanBytes(step.raw_bytes), "\n");
}

std::string OrderText(const DryRunReport& report, bool all) {
  std::string text = "order:\n";
  int number = 0;
  size_t tables = 0;
  for (const DryRunStep& step : report.order) {
    if (step.phase != "rows") {
      absl::StrAppend(&text, "  ", ++number, ". ", PhaseText(step), "\n");
      continue;
    }
    if (tables++ == 0)
      absl::StrAppend(
          &text, "  ", ++number,
          ". rows, the largest table first: ", HumanCount(report.tables), "\n");
    if (all || tables <= kTablesShown) text += TableText(step);
    if (!all && tables == report.tables && tables > kTablesShown)
      absl::StrAppend(&text, "     … and ",
                      HumanCount(report.tables - kTablesShown),
                      " more (--verbose lists them)\n");
  }
  return text;
}

}  // namespace

std::string DryRunText(const DryRunReport& report, bool all,
                       absl::string_view source) {
  std::string text =
      absl::StrCat("target: database ", Quoted(report.database),
                   report.creates_database ? ", which would be created" : "",
                   ", PostgreSQL ", Printable(report.target_version), "\n",
                   source, " PostgreSQL ", Printable(report.source_version),
                   "\nentries: ", HumanCount(report.entries), "\n");
  for (const auto& [kind, count] : report.entries_by_kind)
    absl::StrAppend(&text, "  ", Printable(kind), ": ", HumanCount(count),
                    "\n");
  absl::StrAppend(&text, "rows: ", HumanCount(report.rows), " in ",
                  HumanCount(report.tables), " tables\nspace: about ",
                  HumanBytes(report.raw_bytes),
                  " for rows, and what indexes take; what the server has "
                  "free is not known\n",
                  OrderText(report, all), "nothing was written\n");
  return text;
}

std::string DryRunJson(const DryRunReport& report, int exit_code) {
  JsonObject kinds;
  for (const auto& [kind, count] : report.entries_by_kind)
    kinds.Set(kind, count);
  std::vector<JsonObject> order;
  for (const DryRunStep& step : report.order) {
    JsonObject json;
    json.Set("phase", step.phase).Set("entries", step.entries);
    if (!step.label.empty())
      json.Set("entry", step.label)
          .Set("rows", step.rows)
          .Set("raw_bytes", step.raw_bytes);
    order.push_back(std::move(json));
  }
  std::vector<std::string> left_out = report.findings.lacks;
  left_out.insert(left_out.end(), report.left_out.begin(),
                  report.left_out.end());
  JsonObject json;
  json.Set("type", "dry_run")
      .Set("database", report.database)
      .Set("target_version", report.target_version)
      .Set("source_version", report.source_version)
      .Set("entries", report.entries)
      .Set("entries_by_kind", std::move(kinds))
      .Set("tables", report.tables)
      .Set("rows", report.rows)
      .Set("raw_bytes", report.raw_bytes)
      .Set("order", std::move(order))
      .Set("problems", report.findings.problems)
      .Set("left_out", left_out)
      .Set("warnings", report.warnings)
      .Set("hints", std::vector<std::string>(report.findings.hints.begin(),
                                             report.findings.hints.end()))
      .Set("exit_code", static_cast<uint64_t>(exit_code));
  return json.ToString();
}

}  // namespace pgbale
