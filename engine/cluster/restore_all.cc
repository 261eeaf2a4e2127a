#include "engine/cluster/restore_all.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/io/file.h"
#include "base/pg/session.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/cluster/archive_names.h"
#include "engine/cluster/cluster_journal.h"
#include "engine/cluster/database_tasks.h"
#include "format/archive_reader.h"
#include "format/checksum.h"
#include "restore/session.h"

namespace pgbale {
namespace {

struct Archive {
  std::string path;
  std::string database;  // raw name
  uint64_t bytes = 0;
  std::string journal() const { return absl::StrCat(path, ".journal"); }
};

absl::StatusOr<std::unique_ptr<ArchiveReader>> OpenArchive(
    const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source, OpenFileSource(path));
  return ArchiveReader::Open(std::move(source));
}

// The paths of all archives in `folder`, by name.
absl::StatusOr<std::vector<std::string>> ListArchives(
    const std::string& folder) {
  if (absl::EndsWith(folder, ".partial"))
    return WithHint(
        MakeError(Failure::kIncomplete,
                  absl::StrCat(Quoted(folder), ": the dump did not finish")),
        "Its archives can be restored one by one.");
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error);
  if (error)
    return MakeError(Failure::kNotFound,
                     absl::StrCat(Quoted(folder), ": cannot open the folder: ",
                                  error.message()));
  std::vector<std::string> paths;
  for (const auto& file : files)
    if (absl::EndsWith(file.path().filename().string(), kArchiveSuffix))
      paths.push_back(file.path().string());
  std::sort(paths.begin(), paths.end());
  if (paths.empty())
    return MakeError(Failure::kNotFound,
                     absl::StrCat(Quoted(folder), ": holds no archives"));
  return paths;
}

bool StandsEverywhere(const std::string& database) {
  return database == "postgres" || database == "template1";
}

class AllRestorer {
 public:
  AllRestorer(const RestoreOptions& options, CancelToken& cancel,
              Progress& progress)
      : options_(options), cancel_(cancel), progress_(progress) {}

  absl::StatusOr<RestoreAllSummary> Run(const std::string& folder);

 private:
  // Before anything is written: every archive can be read, and its database
  // made.
  absl::Status Prepare(const std::string& folder);
  absl::Status AddArchive(const std::string& path);
  absl::Status ReadStandingDatabases();
  absl::Status CheckNoDatabaseStands() const;
  // Begins the journal, or opens that of the run that is resumed.
  absl::Status OpenJournal();
  absl::Status EndJournal();

  absl::Status RestoreGlobalsArchive();
  absl::Status RestoreDatabases();
  RestoreOptions OptionsFor(const Archive& archive, int jobs) const;
  void AddToTotal(const RestoreSummary& summary, const std::string& database);

  const RestoreOptions& options_;
  CancelToken& cancel_;
  Progress& progress_;
  std::string globals_;            // its path; empty: none
  std::vector<Archive> archives_;  // of databases
  std::string archives_text_;      // what tells them from others
  std::set<std::string> standing_;
  ClusterFacts facts_;
  std::unique_ptr<ClusterJournal> journal_;  // nullptr: none
  RestoreAllSummary summary_;
};

absl::StatusOr<RestoreAllSummary> AllRestorer::Run(const std::string& folder) {
  const Stopwatch clock;
  RETURN_IF_ERROR(Prepare(folder));
  if (journal_ == nullptr || !journal_->ended()) {
    RETURN_IF_ERROR(RestoreGlobalsArchive());
    RETURN_IF_ERROR(RestoreDatabases());
  }
  RETURN_IF_ERROR(EndJournal());
  summary_.total.total_seconds = clock.seconds();
  return std::move(summary_);
}

absl::Status AllRestorer::Prepare(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, ListArchives(folder));
  for (const std::string& path : paths) RETURN_IF_ERROR(AddArchive(path));
  RETURN_IF_ERROR(ReadStandingDatabases());
  return OpenJournal();
}

absl::Status AllRestorer::OpenJournal() {
  facts_.clean = options_.clean;
  facts_.standing = standing_;
  facts_.archives = Hash128(AsBytes(archives_text_)).ToHex();
  if (options_.resume) {
    ASSIGN_OR_RETURN(journal_,
                     ClusterJournal::Resume(options_.journal, facts_));
    standing_ = journal_->standing();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckNoDatabaseStands());
  if (options_.journal.empty()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<ClusterJournal>> journal =
      ClusterJournal::Begin(options_.journal, facts_);
  if (journal.ok())
    journal_ = *std::move(journal);
  else
    summary_.total.warnings.push_back(
        absl::StrCat("this restore cannot be resumed if it is interrupted: ",
                     journal.status().message()));
  return absl::OkStatus();
}

absl::Status AllRestorer::EndJournal() {
  if (journal_ == nullptr) return absl::OkStatus();
  std::vector<std::string> paths;
  for (const Archive& archive : archives_) paths.push_back(archive.journal());
  return journal_->End(paths);
}

absl::Status AllRestorer::AddArchive(const std::string& path) {
  if (absl::EndsWith(path, absl::StrCat("/", kGlobalsArchive))) {
    globals_ = path;
    return OpenArchive(path).status();
  }

  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> reader,
                   OpenArchive(path));
  Archive archive{.path = path, .database = reader->info().database};
  for (const TableTotals& table : reader->directory().tables)
    archive.bytes += table.raw_bytes;
  for (const Archive& other : archives_) {
    if (other.database == archive.database)
      return MakeError(
          Failure::kError,
          absl::StrCat(Quoted(path), " and ", Quoted(other.path),
                       " hold the same database ", Quoted(archive.database)));
  }
  // However the folder is called this time.
  absl::StrAppend(&archives_text_,
                  std::filesystem::path(path).filename().string(), "\n",
                  reader->size(), "\n", reader->info().created_at, "\n");
  archives_.push_back(std::move(archive));
  return absl::OkStatus();
}

absl::Status AllRestorer::ReadStandingDatabases() {
  pg::ConnectOptions target = options_.target;
  target.cancel = &cancel_;
  ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> connection,
                   pg::Connection::Open(target));
  const std::string encoding = connection->ParameterStatus("server_encoding");
  RETURN_IF_ERROR(
      pg::PrepareRestoreSession(*connection, encoding, options_.role));
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection->Query("SELECT datname FROM pg_catalog.pg_database"));
  for (const pg::Row row : result) standing_.insert(row.str(0));
  ASSIGN_OR_RETURN(const pg::ServerIdentity identity,
                   pg::ReadServerIdentity(*connection));
  facts_.server = identity.system_identifier;
  return absl::OkStatus();
}

absl::Status AllRestorer::CheckNoDatabaseStands() const {
  if (options_.clean) return absl::OkStatus();
  std::vector<std::string> problems;
  for (const Archive& archive : archives_) {
    if (standing_.contains(archive.database) &&
        !StandsEverywhere(archive.database))
      problems.push_back(
          absl::StrCat("database ", Quoted(archive.database), " exists"));
  }
  if (problems.empty()) return absl::OkStatus();
  return WithHint(
      MakeError(
          Failure::kError,
          absl::StrCat("the target is not ready, nothing was written:\n  ",
                       absl::StrJoin(problems, "\n  "))),
      "Use --clean to drop databases that exist, or restore the others one "
      "by one.");
}

absl::Status AllRestorer::RestoreGlobalsArchive() {
  if (globals_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> reader,
                   OpenArchive(globals_));
  RestoreOptions options = options_;
  options.globals = true;
  options.create = options.clean = options.if_exists = false;
  // What stands is made equal: that can be done again.
  options.journal.clear();
  options.resume = false;
  options.jobs = 1;
  ASSIGN_OR_RETURN(const RestoreSummary summary,
                   Restore(*reader, options, cancel_, progress_));
  AddToTotal(summary, "");
  return absl::OkStatus();
}

RestoreOptions AllRestorer::OptionsFor(const Archive& archive, int jobs) const {
  const std::string& database = archive.database;
  RestoreOptions options = options_;
  options.journal = journal_ == nullptr ? "" : archive.journal();
  options.journal_required = options.journal_stays = true;
  options.resume = options_.resume && std::filesystem::exists(options.journal);
  options.globals = false;
  options.memory_bytes = options.memory_bytes /
                         static_cast<uint64_t>(std::max(jobs, options_.jobs)) *
                         static_cast<uint64_t>(jobs);
  options.jobs = jobs;
  // Those with one job are restored beside others.
  options.maintenance_sharers = jobs == 1 ? std::max(1, options_.jobs) : 1;
  const bool stands = standing_.contains(database);
  if (stands && StandsEverywhere(database)) {
    options.target = WithDatabase(options.target, database);
    options.create = false;
    options.database_properties = true;
    // Not all of it needs to be there.
    options.if_exists = options.clean;
    return options;
  }
  options.create = true;
  options.clean = options.clean && stands;
  options.if_exists = options.if_exists && options.clean;
  return options;
}

absl::Status AllRestorer::RestoreDatabases() {
  summary_.databases.resize(archives_.size());
  std::vector<DatabaseTask> tasks;
  for (size_t i = 0; i < archives_.size(); ++i) {
    const Archive& archive = archives_[i];
    summary_.databases[i].first = archive.database;
    tasks.push_back(
        {.database = archive.database,
         .bytes = archive.bytes,
         .run = [this, i, &archive](int jobs,
                                    CancelToken& cancel) -> absl::Status {
           ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> reader,
                            OpenArchive(archive.path));
           ASSIGN_OR_RETURN(
               summary_.databases[i].second,
               Restore(*reader, OptionsFor(archive, jobs), cancel, progress_));
           return absl::OkStatus();
         }});
  }
  RETURN_IF_ERROR(RunDatabaseTasks(tasks, options_.jobs, cancel_));
  for (const auto& [database, summary] : summary_.databases)
    AddToTotal(summary, database);
  return absl::OkStatus();
}

void AllRestorer::AddToTotal(const RestoreSummary& summary,
                             const std::string& database) {
  RestoreSummary& total = summary_.total;
  total.entries += summary.entries;
  total.resumed = total.resumed || summary.resumed;
  total.entries_before += summary.entries_before;
  total.rows_before += summary.rows_before;
  total.tables += summary.tables;
  total.rows += summary.rows;
  total.raw_bytes += summary.raw_bytes;
  total.pre_data_seconds += summary.pre_data_seconds;
  total.data_seconds += summary.data_seconds;
  total.post_data_seconds += summary.post_data_seconds;
  total.analyzed += summary.analyzed;
  total.analyze_seconds += summary.analyze_seconds;
  for (const auto& [kind, seconds] : summary.work_seconds)
    total.work_seconds[kind] += seconds;
  const std::string place =
      database.empty() ? "" : absl::StrCat("database ", Quoted(database), ": ");
  for (RestoreError error : summary.errors) {
    error.entry = place + error.entry;
    total.errors.push_back(std::move(error));
  }
  for (const std::string& warning : summary.warnings)
    total.warnings.push_back(place + warning);
  total.changes.insert(total.changes.end(), summary.changes.begin(),
                       summary.changes.end());
  total.left_out.insert(total.left_out.end(), summary.left_out.begin(),
                        summary.left_out.end());
}

}  // namespace

absl::StatusOr<RestoreAllSummary> RestoreAll(const std::string& folder,
                                             const RestoreOptions& options,
                                             CancelToken& cancel,
                                             Progress& progress) {
  absl::StatusOr<RestoreAllSummary> summary =
      AllRestorer(options, cancel, progress).Run(folder);
  // What follows a signal or the first error is its consequence.
  if (!summary.ok() && cancel.cancelled()) return cancel.Check();
  return summary;
}

}  // namespace pgbale
