#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/cli/catalog_arguments.h"
#include "engine/cli/command.h"
#include "engine/cli/contents_usage.h"
#include "engine/cli/report.h"
#include "engine/cli/restore_arguments.h"
#include "engine/cli/restore_outcome.h"
#include "engine/copy/copy.h"

namespace pgbale {
namespace {

absl::Status CheckUsage(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  RETURN_IF_ERROR(CheckContentsUsage(arguments));
  for (const std::string& name : arguments.positional)
    if (name.empty()) return usage("SRC and DST must not be empty");
  if (arguments.schema_only && !arguments.include_foreign_data.empty())
    return usage(
        "options -s/--schema-only and --include-foreign-data exclude each "
        "other");
  if (arguments.schema_only && arguments.analyze)
    return usage("option --analyze is for a copy of rows");
  if (arguments.data_only && arguments.create)
    return usage("options -a/--data-only and -C/--create exclude each other");
  return CheckSingleTransaction(arguments);
}

pg::ConnectOptions DatabaseNamed(const std::string& name) {
  pg::UserConnection user;
  user.dbname = name;
  return pg::MakeConnectOptions(user);
}

RestoreOptions RestoreOptionsFrom(const Arguments& arguments) {
  RestoreOptions options = SharedRestoreOptions(arguments);
  options.target = DatabaseNamed(arguments.positional[1]);
  options.pre_data = options.post_data = !arguments.data_only;
  options.data = !arguments.schema_only;
  // A part goes into a database that holds the rest.
  if (!arguments.schemas.empty() || !arguments.tables.empty() ||
      !arguments.extensions.empty())
    options.allow_non_empty = true;
  return options;
}

CopyOptions CopyOptionsFrom(const Arguments& arguments) {
  CopyOptions options;
  options.source = DatabaseNamed(arguments.positional[0]);
  options.catalog = CatalogOptionsFrom(arguments);
  options.allow_newer_server = arguments.allow_newer_server;
  options.serializable_deferrable = arguments.serializable_deferrable;
  options.rate_limit_bytes = arguments.rate_limit_bytes;
  options.jobs = arguments.jobs.value_or(0);
  options.data_format = arguments.data_format;
  options.restore = RestoreOptionsFrom(arguments);
  return options;
}

absl::Status RunCopy(const Arguments& arguments, CancelToken& cancel) {
  RETURN_IF_ERROR(CheckUsage(arguments));
  const CopyOptions options = CopyOptionsFrom(arguments);
  if (arguments.dry_run) {
    ASSIGN_OR_RETURN(const DryRunReport report, DryRunCopy(options, cancel));
    return PrintDryRun(report, arguments, "source:");
  }
  absl::StatusOr<CopySummary> summary;
  {
    Progress progress;
    const StatusDisplay display(progress, "copying", arguments);
    summary = Copy(options, cancel, progress);
  }
  RETURN_IF_ERROR(summary.status());
  for (const std::string& warning : summary->warnings)
    PrintWarning(warning, arguments.json);
  RETURN_IF_ERROR(PrintRestoreSummary(summary->restored, arguments,
                                      CopySummaryText(*summary),
                                      CopySummaryJson(*summary)));
  if (summary->warnings.empty()) return absl::OkStatus();
  const size_t count = summary->warnings.size();
  return MakeError(Failure::kPartial,
                   absl::StrCat("the copy is complete but for ", count,
                                count == 1 ? " warning" : " warnings"));
}

}  // namespace

const Command kCopyCommand = {
    "copy",
    "[OPTION]... SRC DST",
    "copy a database into another server, without a file",
    "SRC and DST: names, URIs, or keywords as \"host=db1 dbname=shop\". What "
    "they\ndo not say comes from PG* variables, ~/.pgpass and the service "
    "file.\n"
    "Patterns are those of psql: * and ? match, \"quotes\" keep capitals.\n"
    "Before anything is written, DST is checked: all that is in the way is\n"
    "listed at once.\n",
    kCopy,
    2,
    2,
    RunCopy};

}  // namespace pgbale
