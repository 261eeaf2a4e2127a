#include "engine/cluster/dump_all.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/io/new_folder.h"
#include "base/pattern.h"
#include "base/pg/session.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/cluster/archive_names.h"
#include "engine/cluster/database_tasks.h"
#include "restore/session.h"

namespace pgbale {
namespace {

struct Database {
  std::string name;
  uint64_t bytes = 0;
};

struct DatabaseList {
  std::vector<Database> databases;
  std::vector<std::string> warnings;
};

// datconnlimit is -2 while a database is made or dropped, and stays so if that
// was interrupted.
constexpr absl::string_view kDatabasesSql =
    "SELECT d.datname, d.datconnlimit = -2, d.datallowconn, "
    "CASE WHEN d.datconnlimit <> -2 AND pg_catalog.has_database_privilege("
    "d.oid, 'CONNECT') THEN pg_catalog.pg_database_size(d.oid) END "
    "FROM pg_catalog.pg_database d WHERE d.datname <> 'template0' "
    "ORDER BY d.datname";
enum Field { kName, kInvalid, kAllowsConnections, kBytes };

absl::StatusOr<std::vector<NamePattern>> ParseAll(
    const std::vector<std::string>& texts) {
  std::vector<NamePattern> patterns;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(NamePattern pattern, ParsePattern(text, 1));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

void AddDatabase(pg::Row row, DatabaseList& list) {
  const auto leave_out = [&](absl::string_view why) {
    list.warnings.push_back(absl::StrCat("not in the archives: database ",
                                         Quoted(row.text(kName)), ": ", why));
  };
  if (row.boolean(kInvalid))
    return leave_out(
        "it is invalid, as CREATE or DROP DATABASE was interrupted; drop it");
  if (!row.boolean(kAllowsConnections))
    return leave_out("it allows no connections");
  list.databases.push_back(
      {row.str(kName), static_cast<uint64_t>(row.integer(kBytes))});
}

absl::StatusOr<DatabaseList> ListDatabases(const DumpAllOptions& options,
                                           CancelToken& cancel) {
  ASSIGN_OR_RETURN(const std::vector<NamePattern> excluded,
                   ParseAll(options.exclude_databases));
  pg::ConnectOptions source = options.each.source;
  source.cancel = &cancel;
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> connection,
                   pg::Connection::Open(source));
  RETURN_IF_ERROR(pg::PrepareDumpSession(*connection, options.each.role));
  ASSIGN_OR_RETURN(const pg::Result result, connection->Query(kDatabasesSql));
  DatabaseList list;
  for (const pg::Row row : result) {
    const bool skipped = std::any_of(
        excluded.begin(), excluded.end(), [&](const NamePattern& pattern) {
          return MatchesPattern(pattern.name, row.text(kName));
        });
    if (!skipped) AddDatabase(row, list);
  }
  return list;
}

class AllDumper {
 public:
  AllDumper(const DumpAllOptions& options, CancelToken& cancel,
            Progress& progress)
      : options_(options), cancel_(cancel), progress_(progress) {}

  absl::StatusOr<DumpAllSummary> Run();

 private:
  absl::Status DumpGlobals();
  absl::Status DumpDatabases(const std::vector<Database>& databases);
  DumpOptions OptionsFor(const std::string& database, int jobs) const;
  void AddToTotal(const DumpSummary& summary, const std::string& database);

  const DumpAllOptions& options_;
  CancelToken& cancel_;
  Progress& progress_;
  std::unique_ptr<NewFolder> folder_;
  DumpAllSummary summary_;
};

absl::StatusOr<DumpAllSummary> AllDumper::Run() {
  const Stopwatch clock;
  ASSIGN_OR_RETURN(folder_,
                   NewFolder::Open(options_.each.output, options_.each.file));
  ASSIGN_OR_RETURN(DatabaseList list, ListDatabases(options_, cancel_));
  summary_.total.warnings = std::move(list.warnings);
  RETURN_IF_ERROR(DumpGlobals());
  RETURN_IF_ERROR(DumpDatabases(list.databases));
  RETURN_IF_ERROR(folder_->Finish());
  summary_.total.total_seconds = clock.seconds();
  return std::move(summary_);
}

absl::Status AllDumper::DumpGlobals() {
  DumpOptions options = options_.each;
  options.catalog.database = false;
  options.catalog.roles = options.catalog.tablespaces = true;
  options.jobs = 1;
  options.output = absl::StrCat(folder_->path(), "/", kGlobalsArchive);
  ASSIGN_OR_RETURN(const DumpSummary summary,
                   Dump(options, cancel_, progress_));
  AddToTotal(summary, "");
  return absl::OkStatus();
}

DumpOptions AllDumper::OptionsFor(const std::string& database, int jobs) const {
  DumpOptions options = options_.each;
  options.source = WithDatabase(options.source, database);
  options.catalog.roles = options.catalog.tablespaces = false;
  options.memory_bytes = options.memory_bytes /
                         static_cast<uint64_t>(options.jobs) *
                         static_cast<uint64_t>(jobs);
  options.jobs = jobs;
  options.output = absl::StrCat(folder_->path(), "/", ArchiveNameOf(database));
  return options;
}

absl::Status AllDumper::DumpDatabases(const std::vector<Database>& databases) {
  summary_.databases.resize(databases.size());
  std::vector<DatabaseTask> tasks;
  for (size_t i = 0; i < databases.size(); ++i) {
    const std::string& name = databases[i].name;
    summary_.databases[i].database = name;
    summary_.databases[i].file = ArchiveNameOf(name);
    tasks.push_back({.database = name,
                     .bytes = databases[i].bytes,
                     .run = [this, i, name](int jobs, CancelToken& cancel) {
                       absl::StatusOr<DumpSummary> summary =
                           Dump(OptionsFor(name, jobs), cancel, progress_);
                       if (!summary.ok()) return summary.status();
                       summary_.databases[i].summary = *std::move(summary);
                       return absl::OkStatus();
                     }});
  }
  RETURN_IF_ERROR(RunDatabaseTasks(tasks, options_.each.jobs, cancel_));
  for (const DatabaseDump& dump : summary_.databases)
    AddToTotal(dump.summary, dump.database);
  return absl::OkStatus();
}

void AllDumper::AddToTotal(const DumpSummary& summary,
                           const std::string& database) {
  DumpSummary& total = summary_.total;
  total.entries += summary.entries;
  total.tables += summary.tables;
  total.rows += summary.rows;
  total.raw_bytes += summary.raw_bytes;
  total.archive_bytes += summary.archive_bytes;
  total.catalog_seconds += summary.catalog_seconds;
  total.data_seconds += summary.data_seconds;
  total.finish_seconds += summary.finish_seconds;
  total.stages += summary.stages;
  for (const std::string& warning : summary.warnings) {
    total.warnings.push_back(
        database.empty()
            ? warning
            : absl::StrCat("database ", Quoted(database), ": ", warning));
  }
}

}  // namespace

absl::StatusOr<DumpAllSummary> DumpAll(const DumpAllOptions& options,
                                       CancelToken& cancel,
                                       Progress& progress) {
  absl::StatusOr<DumpAllSummary> summary =
      AllDumper(options, cancel, progress).Run();
  // What follows a signal or the first error is its consequence.
  if (!summary.ok() && cancel.cancelled()) return cancel.Check();
  return summary;
}

}  // namespace pgbale
