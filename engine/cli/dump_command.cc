#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "engine/cli/catalog_arguments.h"
#include "engine/cli/command.h"
#include "engine/cli/connect.h"
#include "engine/cli/contents_usage.h"
#include "engine/cli/report.h"
#include "engine/cluster/dump_all.h"
#include "engine/dump/dump.h"

namespace pgbale {
namespace {

absl::Status CheckGlobals(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  const int chosen = int{arguments.globals} + int{arguments.globals_only} +
                     int{arguments.roles_only} +
                     int{arguments.tablespaces_only};
  if (chosen > 1)
    return usage(
        "options --globals, -g/--globals-only, -r/--roles-only and "
        "--tablespaces-only exclude each other");
  if (chosen > 0 && arguments.data_only)
    return usage(
        "roles and tablespaces have no rows: option -a/--data-only excludes "
        "them");
  return absl::OkStatus();
}

absl::Status CheckAllDatabases(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  if (!arguments.all_databases) {
    if (arguments.exclude_databases.empty()) return absl::OkStatus();
    return usage("option --exclude-database requires option --all-databases");
  }
  if (arguments.file.empty() || arguments.file == "-")
    return usage("with --all-databases, name a folder: use -f/--file");
  if (arguments.overwrite)
    return usage("option --overwrite replaces files, not folders");
  if (arguments.data_only)
    return usage(
        "options --all-databases and -a/--data-only exclude each other");
  if (GlobalsAlone(arguments))
    return usage(
        "options --all-databases and --globals-only, --roles-only or "
        "--tablespaces-only exclude each other");
  if (!arguments.where.empty())
    return usage("option --where is for one database, not for --all-databases");
  if (!arguments.snapshot.empty())
    return usage(
        "option --snapshot is for one database, not for --all-databases");
  if (!arguments.schemas.empty() || !arguments.tables.empty() ||
      !arguments.extensions.empty())
    return usage(
        "options -n/--schema, -t/--table and -e/--extension are for one "
        "database, not for --all-databases");
  return absl::OkStatus();
}

absl::Status CheckUsage(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  RETURN_IF_ERROR(CheckContentsUsage(arguments));
  RETURN_IF_ERROR(CheckGlobals(arguments));
  RETURN_IF_ERROR(CheckAllDatabases(arguments));
  if (arguments.schema_only && !arguments.include_foreign_data.empty())
    return usage(
        "options -s/--schema-only and --include-foreign-data exclude each "
        "other");
  if (!arguments.snapshot.empty() && arguments.serializable_deferrable)
    return usage(
        "options --snapshot and --serializable-deferrable exclude each other: "
        "the snapshot is taken already");
  if (!arguments.positional.empty() && !arguments.connection.dbname.empty())
    return usage("the database is named twice, by -d/--dbname and as DBNAME");
  const bool to_stdout = arguments.file.empty() || arguments.file == "-";
  if (to_stdout && arguments.json)
    return usage("with --json, the archive needs a file: use -f/--file");
  if (to_stdout && isatty(STDOUT_FILENO) != 0)
    return usage("an archive is not for a terminal: use -f/--file");
  return absl::OkStatus();
}

absl::StatusOr<DumpOptions> DumpOptionsFrom(const Arguments& arguments) {
  RETURN_IF_ERROR(CheckUsage(arguments));
  Arguments named = arguments;
  if (!arguments.positional.empty())
    named.connection.dbname = arguments.positional.front();
  // Any database shows them, and this one stands nearly everywhere.
  if ((GlobalsAlone(arguments) || arguments.all_databases) &&
      !NamesDatabase(named))
    named.connection.dbname = "postgres";
  DumpOptions options;
  ASSIGN_OR_RETURN(options.source, ConnectOptionsFrom(named));
  options.role = arguments.role;
  options.catalog = CatalogOptionsFrom(arguments);
  options.allow_newer_server = arguments.allow_newer_server;
  // The databases of a whole server share what there is.
  options.jobs =
      arguments.jobs.value_or(arguments.all_databases ? Processors() : 0);
  options.compression_level = arguments.compression_level;
  options.data_format = arguments.data_format;
  options.memory_bytes = arguments.memory_bytes;
  options.output = arguments.file;
  options.blocked_ms_max = arguments.blocked_ms_max;
  options.snapshot = arguments.snapshot;
  options.rate_limit_bytes = arguments.rate_limit_bytes;
  options.serializable_deferrable = arguments.serializable_deferrable;
  options.file.overwrite = arguments.overwrite;
  options.file.keep_partial = arguments.keep_partial;
  options.file.sync = !arguments.no_sync;
  return options;
}

// Ends a dump whose summary was printed.
absl::Status Verdict(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return absl::OkStatus();
  return MakeError(
      Failure::kPartial,
      absl::StrCat("the dump is complete but for ", warnings.size(),
                   warnings.size() == 1 ? " warning" : " warnings"));
}

absl::Status RunDumpAll(const Arguments& arguments, CancelToken& cancel) {
  DumpAllOptions options;
  ASSIGN_OR_RETURN(options.each, DumpOptionsFrom(arguments));
  options.exclude_databases = arguments.exclude_databases;
  absl::StatusOr<DumpAllSummary> summary;
  {
    Progress progress;
    const StatusDisplay display(progress, "dumping", arguments);
    summary = DumpAll(options, cancel, progress);
  }
  RETURN_IF_ERROR(summary.status());
  for (const std::string& warning : summary->total.warnings)
    PrintWarning(warning, arguments.json);
  if (arguments.json) {
    PrintOut(DumpAllSummaryJson(*summary) + "\n");
  } else if (!arguments.quiet) {
    PrintErr(DumpAllSummaryText(*summary));
  }
  return Verdict(summary->total.warnings);
}

absl::Status RunDump(const Arguments& arguments, CancelToken& cancel) {
  if (arguments.all_databases) return RunDumpAll(arguments, cancel);
  ASSIGN_OR_RETURN(const DumpOptions options, DumpOptionsFrom(arguments));
  absl::StatusOr<DumpSummary> summary;
  {
    Progress progress;
    const StatusDisplay display(progress, "dumping", arguments);
    summary = Dump(options, cancel, progress);
  }
  RETURN_IF_ERROR(summary.status());
  for (const std::string& warning : summary->warnings)
    PrintWarning(warning, arguments.json);
  if (arguments.json) {
    PrintOut(DumpSummaryJson(*summary) + "\n");
  } else if (!arguments.quiet) {
    PrintErr(DumpSummaryText(*summary));
  }
  return Verdict(summary->warnings);
}

}  // namespace

const Command kDumpCommand = {
    "dump",
    "[OPTION]... [DBNAME]",
    "dump a database into one file",
    "Patterns are those of psql: * and ? match, \"quotes\" keep capitals.\n"
    "Owners are always in the archive; restore decides whether to set them.\n"
    "PG* variables, ~/.pgpass and the service file count as with pg_dump;\n"
    "DATABASE_URL is read if no database is named.\n",
    kDump,
    0,
    1,
    RunDump};

}  // namespace pgbale
