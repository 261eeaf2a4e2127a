#include "engine/bench/bench.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/pg/environment.h"
#include "base/process.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bench/new_database.h"
#include "engine/bench/own_summary.h"
#include "engine/bench/scratch_folder.h"
#include "engine/bench/server_clock.h"
#include "engine/bench/spread.h"

namespace pgbale {
namespace {

namespace fs = std::filesystem;

// What stands in a command for the name of a new database.
constexpr absl::string_view kNewDatabase = "NEW_DATABASE";

// Lines of a failed program's message that are shown.
constexpr size_t kMessageLines = 4;

using Words = std::vector<std::string>;

// A contestant that runs.
struct Entrant {
  Contestant result;
  bool ours = false;
  std::string archive;
  Words dump, restore;  // as BenchSeries::command
};

// The beginning of `text`, which a program printed before it ended.
std::string MessageOf(absl::string_view text, int exit_code) {
  std::vector<std::string> lines;
  for (absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    if (lines.size() == kMessageLines) break;
    lines.push_back(Printable(line));
  }
  if (lines.empty()) lines.push_back(absl::StrCat("exit code ", exit_code));
  return absl::StrJoin(lines, "\n");
}

// Why a pgbale that ended with this code did: its own codes, or kError.
Failure FailureOfExit(int exit_code) {
  for (const Failure failure :
       {Failure::kDamaged, Failure::kIncomplete, Failure::kConnect,
        Failure::kCancelled, Failure::kLocalStorage, Failure::kTerminated})
    if (static_cast<int>(failure) == exit_code) return failure;
  return Failure::kError;
}

void Append(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

// A database's name as a keyword list: whatever it is, it is a name.
std::string AsKeyword(const std::string& database) {
  return absl::StrCat(
      "dbname='", absl::StrReplaceAll(database, {{"\\", "\\\\"}, {"'", "\\'"}}),
      "'");
}

class Bench {
 public:
  Bench(const BenchOptions& options, CancelToken& cancel)
      : options_(options), cancel_(cancel) {}

  absl::StatusOr<BenchReport> Run();

 private:
  absl::Status Prepare();
  absl::Status MakeEntrants();
  absl::Status CheckRoom() const;
  void NoteWhatIsNotKnown();
  // Once, however often it happens.
  void Note(const std::string& line);

  // All turns of one kind of work.
  using RunOne = absl::StatusOr<std::optional<BenchRun>> (Bench::*)(Entrant&,
                                                                    bool last);
  absl::Status RunTurns(absl::string_view what, RunOne run_one,
                        BenchSeries Contestant::*series, int runs);
  // One turn of one entrant; nullopt: it failed, and says so itself.
  absl::StatusOr<std::optional<BenchRun>> DumpOnce(Entrant& entrant, bool last);
  absl::StatusOr<std::optional<BenchRun>> RestoreOnce(Entrant& entrant,
                                                      bool last);
  // A process that is measured. nullopt: a peer's, which failed.
  absl::StatusOr<std::optional<BenchRun>> Measure(Entrant& entrant,
                                                  const Words& words,
                                                  std::string& out);
  absl::StatusOr<ProcessOutcome> Execute(const Words& words);

  absl::Status CheckArchive();
  absl::Status CheckRestored(const Entrant& entrant,
                             const std::string& database);
  // The verdict of `pgbale verify` with `words` on pgbale's archive.
  absl::Status Verify(const Words& words, const std::string& what);
  // True if rows of the source were written since Prepare.
  absl::StatusOr<bool> SourceChanged();
  absl::StatusOr<int64_t> CountSourceWrites();

  bool partial() const { return !options_.selection_words.empty(); }

  const BenchOptions& options_;
  CancelToken& cancel_;
  BenchReport report_;
  std::vector<Entrant> entrants_;  // pgbale first
  std::unique_ptr<ScratchFolder> folder_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::unique_ptr<pg::Connection> connection_;
  std::optional<ServerClock> server_;
  int64_t writes_before_ = 0;
};

absl::StatusOr<BenchReport> Bench::Run() {
  RETURN_IF_ERROR(Prepare());
  RETURN_IF_ERROR(RunTurns("dump", &Bench::DumpOnce, &Contestant::dump,
                           options_.dump ? options_.runs : 0));
  RETURN_IF_ERROR(CheckArchive());
  if (options_.restore)
    RETURN_IF_ERROR(RunTurns("restore", &Bench::RestoreOnce,
                             &Contestant::restore, options_.runs));
  for (Entrant& entrant : entrants_)
    report_.contestants.push_back(std::move(entrant.result));
  if (options_.keep)
    report_.notes.push_back(
        absl::StrCat("archives are kept in ", Printable(folder_->path())));
  return std::move(report_);
}

absl::Status Bench::Prepare() {
  report_.started_at =
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
  report_.runs = options_.runs;
  report_.jobs = options_.jobs;
  report_.warm_up = options_.warm_up;
  ASSIGN_OR_RETURN(connection_, pg::Connection::Open(options_.source));
  ASSIGN_OR_RETURN(report_.setting, ReadBenchSetting(*connection_));
  if (options_.restore) RETURN_IF_ERROR(CheckCanCreateDatabases(*connection_));
  ASSIGN_OR_RETURN(environment_, pg::EnvironmentOf(options_.source));
  environment_.emplace_back("PGDATABASE", report_.setting.database);
  server_ = ServerClock::Find(*connection_);
  ASSIGN_OR_RETURN(writes_before_, CountSourceWrites());
  ASSIGN_OR_RETURN(folder_,
                   ScratchFolder::Make(options_.folder, options_.keep));
  RETURN_IF_ERROR(MakeEntrants());
  RETURN_IF_ERROR(CheckRoom());
  NoteWhatIsNotKnown();
  return absl::OkStatus();
}

absl::Status Bench::MakeEntrants() {
  const std::string jobs = absl::StrCat("-j", options_.jobs);
  Entrant ours;
  ours.ours = true;
  ours.result.name = absl::StrCat("pgbale ", PGBALE_VERSION);
  ours.result.version = ours.result.name;
  ours.dump = {options_.program, "dump", "--json", jobs};
  Append(ours.dump, options_.dump_words);
  ours.restore = {options_.program, "restore", "--json", jobs};
  entrants_.push_back(std::move(ours));
  ASSIGN_OR_RETURN(const std::vector<Peer> peers,
                   FindPeers(options_.peers, cancel_));
  for (const Peer& peer : peers) {
    Entrant entrant;
    entrant.result.name = peer.name;
    entrant.result.version = peer.version;
    entrant.dump = peer.dump;
    entrant.restore = peer.restore;
    entrants_.push_back(std::move(entrant));
  }
  for (size_t i = 0; i < entrants_.size(); ++i) {
    Entrant& entrant = entrants_[i];
    entrant.archive = absl::StrCat(folder_->path(), "/archive", i);
    Append(entrant.dump, options_.selection_words);
    Append(entrant.dump, {"-f", entrant.archive});
    // A database with subscriptions cannot be dropped, and their publishers are
    // none of ours.
    Append(entrant.restore, {"--no-subscriptions", "-d",
                             std::string(kNewDatabase), entrant.archive});
    entrant.result.dump.command = CommandText(entrant.dump);
    entrant.result.restore.command = CommandText(entrant.restore);
  }
  if (entrants_.size() == 1 && !options_.peers.formats.empty())
    report_.notes.push_back(
        "PATH has no pg_dump and pg_restore: pgbale is measured alone "
        "(--pg-bin names a folder that has them)");
  return absl::OkStatus();
}

// Compressed rows take less than their tables; how much less is not known.
absl::Status Bench::CheckRoom() const {
  if (partial()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const uint64_t free, FreeBytes(folder_->path()));
  const uint64_t need = report_.setting.tables_bytes * entrants_.size();
  if (need <= free) return absl::OkStatus();
  return WithHint(
      MakeError(Failure::kLocalStorage,
                absl::StrCat(Quoted(options_.folder), ": has room for ",
                             HumanBytes(free), "; ", entrants_.size(),
                             " archives of ",
                             HumanBytes(report_.setting.tables_bytes),
                             " of tables may need ", HumanBytes(need))),
      "Choose another folder by --dir, or fewer peers.");
}

void Bench::NoteWhatIsNotKnown() {
  if (!server_.has_value())
    report_.notes.push_back(
        "the server's processor time is not known: its processes cannot be "
        "seen from here");
  if (entrants_.size() > 1)
    report_.notes.push_back(
        "pg_dump and pg_restore tell no phases, so theirs are not known");
}

void Bench::Note(const std::string& line) {
  std::vector<std::string>& notes = report_.notes;
  if (std::find(notes.begin(), notes.end(), line) == notes.end())
    notes.push_back(line);
}

absl::Status Bench::RunTurns(absl::string_view what, RunOne run_one,
                             BenchSeries Contestant::*series, int runs) {
  // What does not count comes first; without runs, restores need it.
  const int before = options_.warm_up || runs == 0 ? 1 : 0;
  for (int turn = -before; turn < runs; ++turn) {
    for (size_t i = 0; i < entrants_.size(); ++i) {
      // Each has its turn behind the others and before them.
      const size_t place = turn % 2 == 0 ? i : entrants_.size() - 1 - i;
      Entrant& entrant = entrants_[place];
      if (!entrant.result.failure.empty()) continue;
      ASSIGN_OR_RETURN(const std::optional<BenchRun> run,
                       (this->*run_one)(entrant, turn == runs - 1));
      if (!run.has_value()) continue;
      if (turn >= 0) (entrant.result.*series).runs.push_back(*run);
      const std::string number =
          turn < 0 ? "not counted" : absl::StrCat(turn + 1, " of ", runs);
      options_.say(absl::StrCat(what, " ", number, ": ", entrant.result.name,
                                " ", ThreeDigits(run->seconds), " s"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<BenchRun>> Bench::DumpOnce(Entrant& entrant,
                                                        bool) {
  std::error_code ignored;
  fs::remove_all(entrant.archive, ignored);
  std::string out;
  ASSIGN_OR_RETURN(std::optional<BenchRun> run,
                   Measure(entrant, entrant.dump, out));
  if (!run.has_value()) return run;
  run->archive_bytes = BytesOf(entrant.archive);
  if (!entrant.ours) return run;
  ASSIGN_OR_RETURN(OwnSummary summary, ParseDumpSummary(out));
  report_.tables = summary.tables;
  report_.rows = summary.rows;
  report_.raw_bytes = summary.raw_bytes;
  run->wall = std::move(summary.wall);
  run->work = std::move(summary.work);
  return run;
}

absl::StatusOr<std::optional<BenchRun>> Bench::RestoreOnce(Entrant& entrant,
                                                           bool last) {
  ASSIGN_OR_RETURN(const std::unique_ptr<NewDatabase> database,
                   NewDatabase::Create(options_.source));
  Words words = entrant.restore;
  std::replace(words.begin(), words.end(), std::string(kNewDatabase),
               database->name());
  std::string out;
  ASSIGN_OR_RETURN(std::optional<BenchRun> run, Measure(entrant, words, out));
  if (!run.has_value()) return run;
  if (last) RETURN_IF_ERROR(CheckRestored(entrant, database->name()));
  if (!entrant.ours) return run;
  ASSIGN_OR_RETURN(OwnSummary summary, ParseRestoreSummary(out));
  run->wall = std::move(summary.wall);
  run->work = std::move(summary.work);
  return run;
}

absl::StatusOr<ProcessOutcome> Bench::Execute(const Words& words) {
  // The database is named in PGDATABASE, and only there.
  return RunProcess(
      {.words = words, .set = environment_, .unset = {"DATABASE_URL"}},
      cancel_);
}

absl::StatusOr<std::optional<BenchRun>> Bench::Measure(Entrant& entrant,
                                                       const Words& words,
                                                       std::string& out) {
  const std::optional<double> server_before =
      server_.has_value() ? server_->Read() : std::nullopt;
  ASSIGN_OR_RETURN(ProcessOutcome outcome, Execute(words));
  // Of pgbale: finished, with warnings.
  const bool warned =
      entrant.ours && outcome.exit_code == static_cast<int>(Failure::kPartial);
  if (outcome.exit_code != 0 && !warned) {
    if (entrant.ours)
      return MakeError(FailureOfExit(outcome.exit_code),
                       absl::StrCat("pgbale ", words[1], " failed:\n",
                                    MessageOf(outcome.err, outcome.exit_code)));
    entrant.result.failure = MessageOf(outcome.err, outcome.exit_code);
    options_.say(
        absl::StrCat(entrant.result.name, " failed: ", entrant.result.failure));
    return std::nullopt;
  }
  if (warned)
    Note(absl::StrCat("pgbale ", words[1], " finished with warnings:\n",
                      MessageOf(outcome.err, outcome.exit_code)));
  BenchRun run;
  run.seconds = outcome.seconds;
  run.cpu_seconds = outcome.cpu_seconds;
  run.peak_bytes = outcome.peak_bytes;
  if (server_before.has_value()) {
    const std::optional<double> after = server_->Read();
    if (after.has_value()) run.server_cpu_seconds = *after - *server_before;
  }
  out = std::move(outcome.out);
  return run;
}

absl::Status Bench::CheckArchive() {
  if (!partial())
    return Verify({"--against", AsKeyword(report_.setting.database)},
                  "the archive and the database");
  report_.notes.push_back(
      "only a part of the database was dumped: its archive is compared with "
      "what was restored, not with the database");
  return Verify({}, "the archive");
}

absl::Status Bench::CheckRestored(const Entrant& entrant,
                                  const std::string& database) {
  return Verify({"--against", AsKeyword(database)},
                absl::StrCat("what ", entrant.result.name,
                             " restored and pgbale's archive"));
}

absl::Status Bench::Verify(const Words& words, const std::string& what) {
  Words command = {options_.program, "verify", "-j",
                   std::to_string(options_.jobs)};
  Append(command, words);
  command.push_back(entrants_.front().archive);
  ASSIGN_OR_RETURN(const ProcessOutcome outcome, Execute(command));
  const bool compares = !words.empty();
  // Before it compares, it says in a line that the archive is whole.
  const size_t begin = compares ? outcome.out.find('\n') + 1 : 0;
  const std::string message =
      MessageOf(outcome.out.substr(begin) + outcome.err, outcome.exit_code);
  switch (outcome.exit_code) {
    case 0:
      report_.checked.push_back(
          absl::StrCat(what, compares ? ": equal" : ": whole"));
      return absl::OkStatus();
    case static_cast<int>(Failure::kPartial):
      report_.checked.push_back(absl::StrCat(what,
                                             ": equal, as far as rows "
                                             "can be compared"));
      return absl::OkStatus();
    case static_cast<int>(Failure::kError):
      break;
    case static_cast<int>(Failure::kDamaged):
    case static_cast<int>(Failure::kIncomplete):
      report_.wrong.push_back(absl::StrCat(what, ": ", message));
      return absl::OkStatus();
    default:
      return MakeError(FailureOfExit(outcome.exit_code),
                       absl::StrCat("pgbale verify failed:\n", message));
  }
  ASSIGN_OR_RETURN(const bool changed, SourceChanged());
  std::vector<std::string>& lines = changed ? report_.notes : report_.wrong;
  lines.push_back(absl::StrCat(
      what, " differ", changed ? "; the database was written to meanwhile" : "",
      "\n", message));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Bench::CountSourceWrites() {
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_->Query(
          "SELECT pg_catalog.sum(n_tup_ins + n_tup_upd + n_tup_del) FROM "
          "pg_catalog.pg_stat_all_tables WHERE schemaname NOT IN "
          "('pg_catalog', 'pg_toast', 'information_schema') OR "
          "relname = 'pg_largeobject'"));
  return result.row(0).integer(0);
}

absl::StatusOr<bool> Bench::SourceChanged() {
  // Sessions tell what they wrote a second later.
  RETURN_IF_ERROR(connection_->Execute("SELECT pg_catalog.pg_sleep(1.5)"));
  ASSIGN_OR_RETURN(const int64_t writes, CountSourceWrites());
  return writes != writes_before_;
}

}  // namespace

absl::StatusOr<BenchReport> RunBench(const BenchOptions& options,
                                     CancelToken& cancel) {
  return Bench(options, cancel).Run();
}

absl::Status VerdictOf(const BenchReport& report) {
  if (!report.wrong.empty())
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat("the results are wrong, and the figures prove "
                               "nothing: ",
                               absl::StrJoin(report.wrong, "\n"))),
        "If nobody wrote into these databases, this is a defect: report it.");
  size_t failed = 0;
  for (const Contestant& contestant : report.contestants)
    failed += contestant.failure.empty() ? 0 : 1;
  if (failed == 0) return absl::OkStatus();
  return MakeError(Failure::kPartial,
                   absl::StrCat("programs that failed: ", failed));
}

}  // namespace pgbale
