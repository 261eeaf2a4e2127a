#include <utility>

#include "engine/bench/report.h"
#include "engine/bench/spread.h"
#include "engine/inspect/json_object.h"

namespace pgbale {
namespace {

// docs/bench.md tells what stands in it.
constexpr uint64_t kSchema = 1;

JsonObject ToJson(const Spread& spread) {
  JsonObject json;
  json.Set("median", spread.median)
      .Set("lowest", spread.lowest)
      .Set("highest", spread.highest);
  return json;
}

JsonObject ToJson(const Phases& phases) {
  JsonObject json;
  for (const auto& [name, seconds] : phases) json.Set(name, seconds);
  return json;
}

JsonObject ToJson(const BenchRun& run) {
  JsonObject json;
  json.Set("seconds", run.seconds).Set("cpu_seconds", run.cpu_seconds);
  if (run.server_cpu_seconds.has_value())
    json.Set("server_cpu_seconds", *run.server_cpu_seconds);
  json.Set("peak_bytes", run.peak_bytes);
  if (run.archive_bytes > 0) json.Set("archive_bytes", run.archive_bytes);
  if (!run.wall.empty()) json.Set("phase_seconds", ToJson(run.wall));
  if (!run.work.empty()) json.Set("thread_seconds", ToJson(run.work));
  return json;
}

// `ours` of the same kind of work; of who failed in it only what he did.
JsonObject ToJson(const BenchSeries& series, const BenchSeries& ours) {
  JsonObject json;
  json.Set("command", series.command);
  if (IsComplete(series, ours)) {
    const std::vector<double> seconds = SecondsOf(series);
    json.Set("seconds", ToJson(SpreadOf(seconds)));
    json.Set("pgbale_takes",
             ToJson(SpreadOf(RatiosOf(SecondsOf(ours), seconds))));
  }
  std::vector<JsonObject> runs;
  for (const BenchRun& run : series.runs) runs.push_back(ToJson(run));
  json.Set("runs", std::move(runs));
  return json;
}

JsonObject ToJson(const Contestant& contestant, const Contestant& ours) {
  JsonObject json;
  json.Set("name", contestant.name).Set("version", contestant.version);
  if (!contestant.failure.empty()) json.Set("failure", contestant.failure);
  if (!contestant.dump.runs.empty())
    json.Set("dump", ToJson(contestant.dump, ours.dump));
  if (!contestant.restore.runs.empty())
    json.Set("restore", ToJson(contestant.restore, ours.restore));
  return json;
}

JsonObject MachineJson(const BenchSetting& setting) {
  JsonObject json;
  json.Set("processor", setting.processor)
      .Set("processors", setting.processors)
      .Set("memory_bytes", setting.memory_bytes)
      .Set("system", setting.system);
  return json;
}

JsonObject ServerJson(const BenchSetting& setting) {
  JsonObject settings;
  for (const auto& [name, value] : setting.server_settings)
    settings.Set(name, absl::string_view(value));
  JsonObject json;
  json.Set("version", setting.server_version)
      .Set("place", setting.same_machine ? "same machine" : "other machine")
      .Set("settings", std::move(settings));
  return json;
}

JsonObject DatabaseJson(const BenchReport& report) {
  JsonObject json;
  json.Set("name", report.setting.database)
      .Set("bytes", report.setting.database_bytes)
      .Set("tables_bytes", report.setting.tables_bytes)
      .Set("tables", report.tables)
      .Set("rows", report.rows)
      .Set("raw_bytes", report.raw_bytes);
  return json;
}

}  // namespace

std::string BenchJson(const BenchReport& report) {
  std::vector<JsonObject> contestants;
  for (const Contestant& contestant : report.contestants)
    contestants.push_back(ToJson(contestant, report.contestants.front()));
  JsonObject json;
  json.Set("type", "bench")
      .Set("schema", kSchema)
      .Set("pgbale", PGBALE_VERSION)
      .Set("started_at", report.started_at)
      .Set("runs", static_cast<uint64_t>(report.runs))
      .Set("warm_up_runs", uint64_t{report.warm_up})
      .Set("jobs", static_cast<uint64_t>(report.jobs))
      .Set("machine", MachineJson(report.setting))
      .Set("server", ServerJson(report.setting))
      .Set("database", DatabaseJson(report))
      .Set("contestants", std::move(contestants))
      .Set("checked", report.checked)
      .Set("wrong", report.wrong)
      .Set("notes", report.notes);
  return json.ToString();
}

}  // namespace pgbale
