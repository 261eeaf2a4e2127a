#include "engine/bench/own_summary.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "base/status.h"

namespace pgbale {
namespace {

using Json = nlohmann::json;

// The parts of a restore by the kind of entries (pg_dump's words). What is not
// named here counts as "other".
struct KindPart {
  absl::string_view kind, part;
};
constexpr KindPart kKindParts[] = {
    {"TABLE DATA", "rows"},
    {"BLOBS", "rows"},
    {"BLOB METADATA", "rows"},
    {"MATERIALIZED VIEW DATA", "refresh"},
    {"INDEX", "indexes"},
    {"INDEX ATTACH", "indexes"},
    {"CONSTRAINT", "constraints"},
    {"CHECK CONSTRAINT", "constraints"},
    {"NOT NULL CONSTRAINT", "constraints"},
    {"FK CONSTRAINT", "constraints"},
};

absl::string_view PartOf(absl::string_view kind) {
  for (const KindPart& known : kKindParts)
    if (known.kind == kind) return known.part;
  return "other";
}

bool IsSummary(const Json& json) {
  const auto type = json.find("type");
  return type != json.end() && type->is_string() && *type == "summary";
}

absl::StatusOr<Json> SummaryIn(absl::string_view out) {
  for (absl::string_view line : absl::StrSplit(out, '\n')) {
    Json json = Json::parse(line.begin(), line.end(), nullptr,
                            /*allow_exceptions=*/false);
    if (json.is_object() && IsSummary(json)) return json;
  }
  return MakeError(Failure::kError, "pgbale printed no summary");
}

double NumberIn(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

OwnSummary CountsIn(const Json& json) {
  OwnSummary summary;
  const auto count = [&json](const char* name) {
    return static_cast<uint64_t>(NumberIn(json, name));
  };
  summary.tables = count("tables");
  summary.rows = count("rows");
  summary.raw_bytes = count("raw_bytes");
  return summary;
}

}  // namespace

absl::StatusOr<OwnSummary> ParseDumpSummary(absl::string_view out) {
  ASSIGN_OR_RETURN(const Json json, SummaryIn(out));
  OwnSummary summary = CountsIn(json);
  const double finish = NumberIn(json, "finish_seconds");
  summary.wall = {{"catalog", NumberIn(json, "catalog_seconds")},
                  {"data", NumberIn(json, "data_seconds") - finish},
                  {"finish", finish}};
  const Json stages = json.value("stage_seconds", Json::object());
  for (const char* stage : {"receive", "wait", "encode", "write"})
    summary.work.emplace_back(stage, NumberIn(stages, stage));
  return summary;
}

absl::StatusOr<OwnSummary> ParseRestoreSummary(absl::string_view out) {
  ASSIGN_OR_RETURN(const Json json, SummaryIn(out));
  OwnSummary summary = CountsIn(json);
  summary.wall = {{"pre-data", NumberIn(json, "pre_data_seconds")},
                  {"data", NumberIn(json, "data_seconds")},
                  {"post-data", NumberIn(json, "post_data_seconds")}};
  const Json work = json.value("work_seconds", Json::object());
  for (const char* part :
       {"rows", "indexes", "constraints", "refresh", "other"}) {
    double seconds = 0;
    for (const auto& [kind, value] : work.items())
      if (PartOf(kind) == part && value.is_number())
        seconds += value.get<double>();
    summary.work.emplace_back(part, seconds);
  }
  return summary;
}

}  // namespace pgbale
