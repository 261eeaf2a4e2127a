#include "engine/cli/contents_usage.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale {
namespace {

struct Exclusion {
  bool Arguments::*one;
  absl::string_view one_name;
  bool Arguments::*other;
  absl::string_view other_name;
};

using A = Arguments;

constexpr Exclusion kExclusions[] = {
    {&A::schema_only, "-s/--schema-only", &A::data_only, "-a/--data-only"},
    {&A::schema_only, "-s/--schema-only", &A::statistics_only,
     "--statistics-only"},
    {&A::data_only, "-a/--data-only", &A::statistics_only, "--statistics-only"},
    {&A::statistics_only, "--statistics-only", &A::no_statistics,
     "--no-statistics"},
    {&A::statistics, "--statistics", &A::no_statistics, "--no-statistics"},
    {&A::data_only, "-a/--data-only", &A::statistics, "--statistics"},
    {&A::schema_only, "-s/--schema-only", &A::statistics, "--statistics"},
    {&A::clean, "-c/--clean", &A::data_only, "-a/--data-only"},
};

}  // namespace

absl::Status CheckContentsUsage(const Arguments& arguments) {
  for (const Exclusion& exclusion : kExclusions) {
    if (arguments.*exclusion.one && arguments.*exclusion.other) {
      return MakeError(
          Failure::kUsage,
          absl::StrCat("options ", exclusion.one_name, " and ",
                       exclusion.other_name, " exclude each other"));
    }
  }
  if (arguments.if_exists && !arguments.clean) {
    return MakeError(Failure::kUsage,
                     "option --if-exists requires option -c/--clean");
  }
  return absl::OkStatus();
}

}  // namespace pgbale
