#include "restore/restore.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/pg/session.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/analyze.h"
#include "restore/commits.h"
#include "restore/entry_runner.h"
#include "restore/error_log.h"
#include "restore/globals.h"
#include "restore/job_loader.h"
#include "restore/job_maintenance.h"
#include "restore/job_runner.h"
#include "restore/journal_keeper.h"
#include "restore/large_object_copy.h"
#include "restore/load_spans.h"
#include "restore/maintenance.h"
#include "restore/nothing_changed.h"
#include "restore/plan.h"
#include "restore/preparation.h"
#include "restore/row_filter.h"
#include "restore/row_loader.h"
#include "restore/selection.h"
#include "restore/session.h"
#include "restore/statement_batch.h"
#include "restore/stream_loader.h"
#include "restore/work_times.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

EntryRunnerOptions RunnerOptions(const RestoreOptions& options,
                                 const Selection& selection) {
  EntryRunnerOptions runner;
  runner.statements = {options.owner, options.tablespaces, options.if_exists};
  runner.in_transaction = options.single_transaction;
  runner.may_exist = selection.needed;
  runner.keep_unchecked = options.keep_broken_keys;
  return runner;
}

// What these entries with rows depend on in their own section.
absl::flat_hash_set<uint32_t> NeedsOf(
    const absl::flat_hash_map<uint32_t, const Entry*>& with_rows,
    const std::vector<Entry>& entries) {
  absl::flat_hash_set<uint32_t> needs;
  std::vector<uint32_t> open;
  for (const auto& [id, entry] : with_rows) open.push_back(id);
  while (!open.empty()) {
    const Entry& entry = entries[open.back() - 1];
    open.pop_back();
    for (const uint32_t id : entry.depends) {
      const Entry& need = entries[id - 1];
      if (need.section != Section::kData || need.data.has_value()) continue;
      if (needs.insert(id).second) open.push_back(id);
    }
  }
  return needs;
}

RestoreOptions WithCancel(RestoreOptions options, CancelToken& cancel) {
  options.target.cancel = &cancel;
  return options;
}

class Restoration {
 public:
  Restoration(const ArchiveReader& reader, const RestoreOptions& options,
              CancelToken& cancel, Progress& progress)
      : Restoration(&reader, nullptr, nullptr, reader.info(), reader.entries(),
                    options, cancel, progress) {}
  Restoration(ArchiveStream& stream, const RestoreOptions& options,
              CancelToken& cancel, Progress& progress)
      : Restoration(nullptr, &stream, nullptr, stream.info(), stream.entries(),
                    options, cancel, progress) {}
  Restoration(const LiveRows& live, const RestoreOptions& options,
              CancelToken& cancel, Progress& progress)
      : Restoration(nullptr, nullptr, &live, live.info, live.entries, options,
                    cancel, progress) {}

  absl::StatusOr<RestoreSummary> Run();

 private:
  Restoration(const ArchiveReader* reader, ArchiveStream* stream,
              const LiveRows* live, const ArchiveInfo& info,
              const std::vector<Entry>& entries, const RestoreOptions& options,
              CancelToken& cancel, Progress& progress)
      : reader_(reader),
        stream_(stream),
        live_(live),
        info_(info),
        entries_(entries),
        options_(WithCancel(options, cancel)),
        workers_(WorkersOf(options)),
        cancel_(cancel),
        progress_(progress),
        journal_(reader, options_, cancel),
        errors_(options.exit_on_error || options.single_transaction) {}

  absl::StatusOr<RestoreSummary> RunAll();
  // What is left to say if an earlier run has ended well.
  RestoreSummary AllDoneBefore();
  // Before anything is written.
  absl::Status Prepare();
  // Roles, tablespaces.
  absl::Status MakeGlobals(Session& session);
  // Drops and creates the database; later connections lead to it.
  absl::Status CreateDatabase(Session& session);
  // Its properties, where the database stands.
  absl::Status AlterDatabase(Session& session);
  // What comes before there is a connection to the database.
  absl::Status RunOutside();
  absl::StatusOr<RowLoaderOptions> LoaderOptions() const;
  // nullptr for a stream, whose rows come otherwise.
  absl::StatusOr<std::unique_ptr<JobLoader>> MakeLoader();
  absl::Status RunPhases();
  absl::Status RunPreData(EntryRunner& runner);
  // The rows of a stream; then plans what comes behind them.
  absl::Status RunStream(EntryRunner& runner);
  // How many connections load them.
  absl::StatusOr<int> StreamWorkers() const;
  absl::Status RunMain(const JobTools& tools);
  absl::Status RunLast(const JobTools& tools);
  absl::Status Move(EntryRunner& runner);
  // Gives the sessions what they may use to build indexes.
  absl::Status ShareMaintenance();
  absl::Status Analyze();
  // Of --single-transaction.
  absl::Status CommitAll();
  void ExpectWork();
  // As they are restored.
  const std::vector<Entry>& entries() const {
    return changed_ == nullptr ? entries_ : *changed_;
  }
  // What the run that is resumed has done of that.
  void CountDone();
  // Of a stream nothing is known before its end.
  const Directory& directory() const {
    static const Directory kNone;
    if (live_ != nullptr) return live_->directory;
    return reader_ == nullptr ? kNone : reader_->directory();
  }
  // Seconds since the last call, or the beginning.
  double Lap();

  // One of them.
  const ArchiveReader* const reader_;
  ArchiveStream* const stream_;
  const LiveRows* const live_;
  const ArchiveInfo& info_;
  const std::vector<Entry>& entries_;
  RestoreOptions options_;
  const int workers_;
  CancelToken& cancel_;
  Progress& progress_;
  JournalKeeper journal_;
  ErrorLog errors_;
  std::unique_ptr<std::vector<Entry>> changed_;  // the selection points to it
  Selection selection_;
  RowFilters filters_;
  std::optional<Entry> move_;  // of what waits under its old names
  KeyNames waiting_keys_;
  Plan plan_;
  std::unique_ptr<pg::Connection> control_;
  std::unique_ptr<SessionPool> sessions_;
  std::optional<JobMaintenance> maintenance_;
  WorkTimes work_;
  Stopwatch total_;
  double lap_end_ = 0;
  // The target may have changed.
  bool writes_ = false;
  RestoreSummary summary_;
};

absl::StatusOr<RestoreSummary> Restoration::Run() {
  absl::StatusOr<RestoreSummary> summary = RunAll();
  // What follows a signal or the first error is its consequence.
  if (!summary.ok() && cancel_.cancelled()) summary = cancel_.Check();
  if (summary.ok()) return summary;
  const absl::Status status = journal_.Explain(summary.status());
  return writes_ ? status : WithNothingChanged(status);
}

absl::StatusOr<RestoreSummary> Restoration::RunAll() {
  RETURN_IF_ERROR(journal_.Open(options_));
  if (journal_.ended()) return AllDoneBefore();
  RETURN_IF_ERROR(Prepare());
  RETURN_IF_ERROR(journal_.Begin(*control_, summary_.warnings));
  RETURN_IF_ERROR(RunOutside());
  ASSIGN_OR_RETURN(sessions_, SessionPool::Open(options_.target, info_.encoding,
                                                options_.role, workers_,
                                                options_.disable_triggers));
  RETURN_IF_ERROR(journal_.Start(*sessions_, summary_.warnings));
  // With a journal, its sessions do so, and its end.
  const bool flushes =
      journal_.journal() == nullptr && !options_.single_transaction;
  if (flushes)
    RETURN_IF_ERROR(sessions_->Set(absl::StrCat("SELECT ", kCommitAtOnce)));
  CountDone();
  RETURN_IF_ERROR(RunPhases());
  pg::Connection& first = sessions_->first().connection();
  if (flushes) RETURN_IF_ERROR(FlushCommits(first));
  RETURN_IF_ERROR(journal_.End(first, summary_.warnings));
  summary_.errors = errors_.errors();
  if (reader_ != nullptr) summary_.archive_bytes_read = reader_->octets_read();
  summary_.work_seconds = work_.seconds();
  summary_.total_seconds = total_.seconds();
  return std::move(summary_);
}

absl::Status Restoration::Prepare() {
  ASSIGN_OR_RETURN(
      Preparation made,
      PrepareRestore(info_, entries_, directory(), options_, journal_.done()));
  RETURN_IF_ERROR(journal_.Check(made));
  RETURN_IF_ERROR(journal_.Forbid(made.findings.Verdict()));
  changed_ = std::move(made.changed);
  selection_ = std::move(made.selection);
  filters_ = std::move(made.filters);
  if (made.relocation.has_value()) {
    move_ = made.relocation->move();
    waiting_keys_ = made.relocation->waiting_keys();
  }
  plan_ = std::move(made.plan);
  control_ = std::move(made.control);
  summary_.left_out = std::move(made.left_out);
  summary_.warnings = std::move(made.findings.lacks);
  summary_.warnings.insert(summary_.warnings.end(), made.warnings.begin(),
                           made.warnings.end());
  ExpectWork();
  return absl::OkStatus();
}

void Restoration::ExpectWork() {
  for (const Entry* entry : selection_.entries) {
    if (!entry->data.has_value()) {
      ++progress_.jobs_total;
      continue;
    }
    ++summary_.tables;
    if (stream_ != nullptr) {
      progress_.raw_bytes_total += entry->data->bytes_estimate;
      continue;
    }
    const TableTotals totals = directory().TotalsOf(entry->id);
    progress_.raw_bytes_total += totals.raw_bytes;
    // What has no rows to load is no work.
    if (totals.rows > 0) ++progress_.jobs_total;
  }
}

RestoreSummary Restoration::AllDoneBefore() {
  summary_.resumed = true;
  if (!options_.journal_stays)
    summary_.warnings.push_back(
        "the restore had ended well, and only its journal was left: nothing "
        "was done");
  summary_.total_seconds = total_.seconds();
  return std::move(summary_);
}

void Restoration::CountDone() {
  if (journal_.done() == nullptr) return;
  summary_.resumed = true;
  const ChunksByEntry chunks = ChunksInOrder(directory());
  for (const auto& [entry_id, places] : journal_.done()->chunks()) {
    const auto found = chunks.find(entry_id);
    // Of a filter it is not known how many it let pass.
    if (found == chunks.end() || filters_.contains(entry_id)) continue;
    for (const uint64_t place : places) {
      if (place >= found->second.size()) continue;
      const ChunkRef& chunk = found->second[place];
      summary_.rows_before += chunk.rows;
      progress_.raw_bytes_total -=
          std::min(chunk.raw_bytes, progress_.raw_bytes_total.load());
    }
  }
}

absl::Status Restoration::RunOutside() {
  Session session(std::move(control_));
  if (plan_.globals.empty() && plan_.database.empty() && !options_.create)
    return absl::OkStatus();
  writes_ = true;
  RETURN_IF_ERROR(pg::PrepareRestoreSession(session.connection(),
                                            info_.encoding, options_.role));
  RETURN_IF_ERROR(journal_.Announce(session.connection()));
  RETURN_IF_ERROR(MakeGlobals(session));
  return options_.create ? CreateDatabase(session) : AlterDatabase(session);
}

// What cannot run in a transaction is what creates it: of that only the owner.
absl::Status Restoration::AlterDatabase(Session& session) {
  if (plan_.database.empty()) return absl::OkStatus();
  const EntryRunnerOptions runner_options = RunnerOptions(options_, selection_);
  StatementBatch owner(runner_options.statements, session.settings());
  std::vector<const Entry*> rest;
  for (const Entry* entry : plan_.database) {
    if (entry->transactional)
      rest.push_back(entry);
    else
      owner.AddAlter(*entry);
  }
  if (!owner.statements().empty())
    RETURN_IF_ERROR(
        Annotate(session.connection().ExecutePipeline(owner.statements()),
                 "cannot change the database's owner"));
  EntryRunner runner(runner_options, cancel_, errors_, progress_);
  RETURN_IF_ERROR(runner.Create(session, rest));
  summary_.entries += runner.created();
  return absl::OkStatus();
}

absl::Status Restoration::MakeGlobals(Session& session) {
  if (plan_.globals.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      GlobalsReport report,
      RestoreGlobals(session, plan_.globals,
                     RunnerOptions(options_, selection_).statements, cancel_,
                     errors_, progress_));
  summary_.entries += report.entries;
  summary_.changes = std::move(report.changes);
  summary_.left_out.insert(summary_.left_out.end(), report.left_out.begin(),
                           report.left_out.end());
  return absl::OkStatus();
}

absl::Status Restoration::CreateDatabase(Session& session) {
  EntryRunnerOptions runner_options = RunnerOptions(options_, selection_);
  runner_options.in_transaction = false;
  // Nothing can go on without the database.
  ErrorLog errors(/*stop=*/true);
  EntryRunner runner(runner_options, cancel_, errors, progress_);
  if (options_.clean) RETURN_IF_ERROR(runner.Drop(session, plan_.database));
  RETURN_IF_ERROR(runner.Create(session, plan_.database));
  summary_.entries += runner.created();
  options_.target = WithDatabase(options_.target, info_.database);
  return absl::OkStatus();
}

absl::StatusOr<RowLoaderOptions> Restoration::LoaderOptions() const {
  RowLoaderOptions loader;
  loader.in_transaction = options_.single_transaction;
  loader.made = MadeBy(selection_);
  loader.filters = filters_;
  loader.skip_corrupt = options_.skip_corrupt;
  loader.journal = journal_.journal();
  // A table of which an error takes some rows is to lose all of them.
  if (options_.exit_on_error) loader.in_parts = LoadedInParts(selection_);
  ASSIGN_OR_RETURN(const pg::Result wal_level,
                   sessions_->first().connection().Query(
                       "SELECT pg_catalog.current_setting('wal_level')"));
  if (wal_level.row(0).text(0) == "minimal")
    loader.emptied = LoadedInParts(selection_);
  loader.short_commit_seconds = options_.short_commit_seconds;
  loader.decoders = Processors();
  loader.memory_octets = options_.memory_bytes;
  return loader;
}

absl::StatusOr<std::unique_ptr<JobLoader>> Restoration::MakeLoader() {
  if (live_ != nullptr) return live_->make_loader(errors_);
  if (reader_ == nullptr) return nullptr;
  ASSIGN_OR_RETURN(const RowLoaderOptions options, LoaderOptions());
  return std::make_unique<RowLoader>(*reader_, options, cancel_, errors_,
                                     progress_);
}

absl::Status Restoration::RunPhases() {
  EntryRunnerOptions runner_options = RunnerOptions(options_, selection_);
  runner_options.journal = journal_.journal();
  runner_options.waiting_keys = waiting_keys_;
  EntryRunner runner(runner_options, cancel_, errors_, progress_);
  ASSIGN_OR_RETURN(const std::unique_ptr<JobLoader> loader, MakeLoader());
  pg::Connection& first = sessions_->first().connection();
  if (options_.single_transaction) RETURN_IF_ERROR(first.Execute("BEGIN"));
  RETURN_IF_ERROR(RunPreData(runner));
  if (stream_ != nullptr) RETURN_IF_ERROR(RunStream(runner));
  RETURN_IF_ERROR(ShareMaintenance());
  const JobTools tools{*sessions_,   runner,
                       loader.get(), maintenance_ ? &*maintenance_ : nullptr,
                       work_,        cancel_};
  RETURN_IF_ERROR(RunMain(tools));
  RETURN_IF_ERROR(RunLast(tools));
  RETURN_IF_ERROR(Move(runner));
  RETURN_IF_ERROR(Analyze());
  if (options_.single_transaction) RETURN_IF_ERROR(CommitAll());
  summary_.entries += runner.created();
  for (std::string& key : runner.unchecked())
    summary_.left_out.push_back(std::move(key));
  summary_.entries_before = runner.created_before();
  if (loader == nullptr) return absl::OkStatus();
  LoadCounts counts = loader->counts();
  summary_.entries += counts.tables;
  summary_.entries_before += counts.tables_before;
  summary_.rows = counts.rows;
  summary_.raw_bytes = counts.raw_bytes;
  summary_.filtered = std::move(counts.filtered);
  return absl::OkStatus();
}

// Each holds what it wrote until the end: where one would wait for another, it
// would do so for ever.
absl::StatusOr<int> Restoration::StreamWorkers() const {
  if (workers_ == 1 || !HasLargeObjects(selection_)) return workers_;
  ASSIGN_OR_RETURN(const bool side_by_side,
                   CanWriteSideBySide(sessions_->first().connection()));
  return side_by_side ? workers_ : 1;
}

absl::Status Restoration::RunStream(EntryRunner& runner) {
  StreamLoaderOptions options{.workers = workers_,
                              .in_transaction = options_.single_transaction,
                              .entries = {},
                              .filters = filters_};
  for (const Entry* entry : selection_.entries)
    if (entry->data.has_value()) options.entries.emplace(entry->id, entry);
  ASSIGN_OR_RETURN(options.workers, StreamWorkers());
  // The large objects that pages go into are made with them, not before.
  const absl::flat_hash_set<uint32_t> needs =
      NeedsOf(options.entries, entries_);
  std::vector<const Entry*> before;
  Selection rest = selection_;
  std::erase_if(rest.entries, [&](const Entry* entry) {
    if (needs.contains(entry->id)) before.push_back(entry);
    return needs.contains(entry->id) || entry->data.has_value();
  });
  RETURN_IF_ERROR(runner.Create(sessions_->first(), before));
  StreamLoader loader(*stream_, *sessions_, options, cancel_, progress_);
  RETURN_IF_ERROR(loader.Run());
  summary_.entries += options.entries.size();
  summary_.rows = loader.rows();
  summary_.raw_bytes = loader.raw_bytes();
  summary_.filtered = loader.filtered();
  for (std::string& warning :
       MissingRowsWarnings(entries_, stream_->directory()))
    summary_.warnings.push_back(std::move(warning));
  // What waits for rows waits no more; that is the only thing that differs.
  plan_.main = MakePlan(entries_, stream_->directory(), rest, workers_,
                        options_.steps_bytes_min)
                   .main;
  return absl::OkStatus();
}

absl::Status Restoration::RunPreData(EntryRunner& runner) {
  Session& session = sessions_->first();
  // A database that was just created has nothing to drop.
  if (options_.clean && !options_.create) {
    const absl::Status dropped =
        runner.Drop(session, EntriesToDrop(entries_, selection_));
    // Of a transaction whose end was not seen, it is not known.
    if (!options_.single_transaction)
      writes_ = writes_ || dropped.ok() || runner.dropped() > 0 ||
                !session.connection().alive();
    RETURN_IF_ERROR(dropped);
  }
  writes_ = writes_ || !options_.single_transaction;
  RETURN_IF_ERROR(runner.Create(session, plan_.pre_data));
  summary_.pre_data_seconds = Lap();
  return absl::OkStatus();
}

absl::Status Restoration::ShareMaintenance() {
  const int builders = BuildersOf(plan_.main, workers_);
  if (builders == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const MaintenanceLimits limits,
                   ReadMaintenanceLimits(sessions_->first().connection()));
  maintenance_.emplace(limits, options_.maintenance_memory_bytes, builders,
                       options_.maintenance_sharers);
  const MaintenanceSettings& share = maintenance_->share();
  spdlog::info(
      "each of {} that build indexes at a time: maintenance_work_mem up to {}, "
      "max_parallel_maintenance_workers up to {} (the server's own: {}, {})",
      builders, HumanBytes(share.memory_bytes), share.workers,
      HumanBytes(limits.memory_bytes), limits.workers);
  return sessions_->Set(SetMaintenance(share));
}

absl::Status Restoration::Analyze() {
  if (!options_.analyze) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      summary_.analyzed,
      AnalyzeRelations(RelationsToAnalyze(selection_, entries()), *sessions_,
                       workers_, options_.single_transaction, errors_,
                       cancel_));
  summary_.analyze_seconds = Lap();
  return absl::OkStatus();
}

absl::Status Restoration::CommitAll() {
  pg::Connection& connection = sessions_->first().connection();
  const absl::Status committed = connection.Execute("COMMIT");
  if (committed.ok() || connection.alive()) return committed;
  // Nobody has told us.
  writes_ = true;
  return Annotate(committed, "it is not known whether all was committed");
}

absl::Status Restoration::RunMain(const JobTools& tools) {
  RETURN_IF_ERROR(RunJobs(plan_.main, workers_, tools, [this, &tools] {
    summary_.data_seconds = Lap();
    if (tools.loader == nullptr) return;
    const absl::Status ended = tools.loader->EndRows();
    if (!ended.ok()) cancel_.Cancel(ended);
  }));
  return cancel_.Check();
}

absl::Status Restoration::RunLast(const JobTools& tools) {
  RETURN_IF_ERROR(tools.runner.Create(sessions_->first(), plan_.privileges));
  RETURN_IF_ERROR(RunJobs(plan_.last, workers_, tools, [] {}));
  RETURN_IF_ERROR(RunJobs(plan_.statistics, workers_, tools, [] {}));
  summary_.post_data_seconds = Lap();
  return absl::OkStatus();
}

absl::Status Restoration::Move(EntryRunner& runner) {
  if (!move_.has_value()) return absl::OkStatus();
  const Entry* const move = &*move_;
  return runner.Create(sessions_->first(), {&move, 1});
}

double Restoration::Lap() {
  const double begin = std::exchange(lap_end_, total_.seconds());
  return lap_end_ - begin;
}

}  // namespace

absl::StatusOr<RestoreSummary> Restore(const ArchiveReader& reader,
                                       const RestoreOptions& options,
                                       CancelToken& cancel,
                                       Progress& progress) {
  return Restoration(reader, options, cancel, progress).Run();
}

absl::StatusOr<RestoreSummary> Restore(const LiveRows& live,
                                       const RestoreOptions& options,
                                       CancelToken& cancel,
                                       Progress& progress) {
  return Restoration(live, options, cancel, progress).Run();
}

absl::StatusOr<RestoreSummary> Restore(ArchiveStream& stream,
                                       const RestoreOptions& options,
                                       CancelToken& cancel,
                                       Progress& progress) {
  if (!options.exit_on_error)
    return MakeError(Failure::kUsage,
                     "--on-error=continue is not for an archive that comes "
                     "through a pipe");
  if (!options.renamings.empty() || !options.into.empty())
    return MakeError(Failure::kUsage,
                     "--rename and --into are not for an archive that comes "
                     "through a pipe");
  if (options.skip_corrupt)
    return MakeError(Failure::kUsage,
                     "--skip-corrupt is not for an archive that comes through "
                     "a pipe");
  return Restoration(stream, options, cancel, progress).Run();
}

}  // namespace pgbale
