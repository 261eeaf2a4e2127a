#include "engine/cli/values.h"

#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/qualified_names.h"

namespace pgbale {
namespace {

constexpr int kJobsMax = 1000;
constexpr int kRunsMax = 1000;
constexpr int kLevelMax = 19;

absl::Status Usage(absl::string_view text, absl::string_view expected) {
  return MakeError(Failure::kUsage,
                   absl::StrCat(Quoted(text), " is not ", expected));
}

struct TimeUnit {
  absl::string_view name;
  double milliseconds;
};
// As in the server (src/backend/utils/misc/guc.c).
constexpr TimeUnit kTimeUnits[] = {
    {"us", 0.001},  {"ms", 1},       {"s", 1000}, {"min", 60000},
    {"h", 3600000}, {"d", 86400000}, {"", 1},
};

// The part of `text` that is a number; the unit follows.
size_t NumberLength(absl::string_view text) {
  size_t length = 0;
  while (length < text.size() &&
         (absl::ascii_isdigit(text[length]) || text[length] == '.'))
    ++length;
  return length;
}

}  // namespace

absl::StatusOr<int> ParseJobs(absl::string_view text) {
  int jobs = 0;
  if (!absl::SimpleAtoi(text, &jobs) || jobs < 1 || jobs > kJobsMax)
    return Usage(text, absl::StrCat("a number of jobs from 1 to ", kJobsMax));
  return jobs;
}

absl::StatusOr<int> ParseCompression(absl::string_view text) {
  absl::string_view level_text = text;
  if (text == "none") return 0;
  if (text == "zstd") return 1;
  if (absl::ConsumePrefix(&level_text, "zstd:"))
    absl::ConsumePrefix(&level_text, "level=");
  int level = 0;
  if (!absl::SimpleAtoi(level_text, &level) || level < 0 || level > kLevelMax) {
    return WithHint(Usage(text, "a compression that pgbale has"),
                    absl::StrCat("Use none, or zstd:1 to zstd:", kLevelMax,
                                 ", or the number alone."));
  }
  return level;
}

absl::StatusOr<int64_t> ParseTimeoutMs(absl::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  const size_t length = NumberLength(trimmed);
  const absl::string_view unit =
      absl::StripAsciiWhitespace(trimmed.substr(length));
  double number = 0;
  if (absl::SimpleAtod(trimmed.substr(0, length), &number)) {
    for (const TimeUnit& known : kTimeUnits) {
      const double milliseconds = number * known.milliseconds;
      // The server keeps timeouts as int32.
      if (unit == known.name && milliseconds <= 2147483647.0)
        return std::llround(milliseconds);
    }
  }
  return Usage(text, "a time such as 5000 (milliseconds), 30s or 2min");
}

absl::StatusOr<int64_t> ParseSecondsAsMs(absl::string_view text) {
  double seconds = 0;
  if (NumberLength(text) == text.size() && absl::SimpleAtod(text, &seconds) &&
      seconds >= 0.001 && seconds <= 1e9) {
    return std::llround(seconds * 1000);
  }
  return Usage(text, "a number of seconds such as 30 or 0.5");
}

// What stands on both sides of the first "=" that is not quoted; nothing on one
// of them if there is none.
std::pair<std::string, std::string> AtEquals(absl::string_view text) {
  bool quoted = false;
  size_t at = 0;
  while (at < text.size() && (quoted || text[at] != '=')) {
    if (text[at] == '"') quoted = !quoted;
    ++at;
  }
  const absl::string_view behind =
      at < text.size() ? text.substr(at + 1) : absl::string_view();
  return {std::string(absl::StripAsciiWhitespace(text.substr(0, at))),
          std::string(absl::StripAsciiWhitespace(behind))};
}

absl::StatusOr<RowCondition> ParseRowCondition(absl::string_view text) {
  auto [table, condition] = AtEquals(text);
  if (!table.empty() && !condition.empty())
    return RowCondition{std::move(table), std::move(condition)};
  return Usage(text, "a table and a condition such as public.log=id > 100");
}

absl::StatusOr<std::pair<std::string, std::string>> ParseTableRenaming(
    absl::string_view text) {
  std::pair<std::string, std::string> names = AtEquals(text);
  RETURN_IF_ERROR(ParseQualifiedName(names.first).status());
  RETURN_IF_ERROR(ParseQualifiedName(names.second).status());
  return names;
}

absl::StatusOr<std::pair<std::string, std::string>> ParseRenaming(
    absl::string_view text) {
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos || equals == 0 ||
      equals + 1 == text.size())
    return MakeError(Failure::kUsage,
                     absl::StrCat(Quoted(text), " is not OLD=NEW"));
  return std::pair(std::string(text.substr(0, equals)),
                   std::string(text.substr(equals + 1)));
}

absl::StatusOr<TableMode> ParseTableMode(absl::string_view text) {
  if (text == "create") return TableMode::kCreate;
  if (text == "append") return TableMode::kAppend;
  if (text == "truncate") return TableMode::kTruncate;
  if (text == "upsert") return TableMode::kUpsert;
  return MakeError(
      Failure::kUsage,
      absl::StrCat(Quoted(text),
                   " is none of create, append, truncate and upsert"));
}

absl::Status CheckFormat(absl::string_view text) {
  if (text == "c" || text == "custom") return absl::OkStatus();
  return WithHint(
      Usage(text, "a format that pgbale writes"),
      "There is one, c: a single file, dumped and restored by any number of "
      "jobs.");
}

absl::StatusOr<DataFormat> ParseDataFormat(absl::string_view text) {
  if (text == "auto") return DataFormat::kAuto;
  if (text == "binary") return DataFormat::kBinary;
  if (text == "text") return DataFormat::kText;
  return Usage(text, "auto, binary or text");
}

absl::Status CheckSection(absl::string_view text) {
  if (text == "pre-data" || text == "data" || text == "post-data")
    return absl::OkStatus();
  return Usage(text, "a section: pre-data, data or post-data");
}

absl::StatusOr<int> ParseRuns(absl::string_view text) {
  int runs = 0;
  if (!absl::SimpleAtoi(text, &runs) || runs < 1 || runs > kRunsMax)
    return Usage(text, absl::StrCat("a number of runs from 1 to ", kRunsMax));
  return runs;
}

absl::StatusOr<BenchPhases> ParseBenchPhases(absl::string_view text) {
  if (text == "dump") return BenchPhases::kDump;
  if (text == "restore") return BenchPhases::kRestore;
  if (text == "both") return BenchPhases::kBoth;
  return Usage(text, "dump, restore or both");
}

absl::StatusOr<bool> ParseOnError(absl::string_view text) {
  if (text == "stop") return false;
  if (text == "continue") return true;
  return Usage(text, "stop or continue");
}

absl::StatusOr<bool> ParseOnViolation(absl::string_view text) {
  if (text == "fail") return false;
  if (text == "not-valid") return true;
  return Usage(text, "fail or not-valid");
}

}  // namespace pgbale
