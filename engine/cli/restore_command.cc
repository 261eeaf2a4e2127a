#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/io/file.h"
#include "base/pg/environment.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/connect.h"
#include "engine/cli/contents_usage.h"
#include "engine/cli/report.h"
#include "engine/cli/restore_arguments.h"
#include "engine/cli/restore_outcome.h"
#include "engine/inspect/input.h"
#include "engine/safety/safety_backup.h"
#include "format/archive_reader.h"
#include "restore/dry_run.h"
#include "restore/entry_list.h"
#include "restore/nothing_changed.h"
#include "restore/restore.h"
#include "restore/selection.h"

namespace pgbale {
namespace {

// Enough for the most entries that an archive can have.
constexpr uint64_t kUseListOctetsMax = uint64_t{4} << 30;

// The ids that the file of --use-list has, if there is one.
absl::Status ReadUseList(const Arguments& arguments, size_t archive_entries,
                         RestoreOptions& options) {
  if (arguments.use_list.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::unique_ptr<Source> file,
                   OpenFileSource(arguments.use_list));
  if (file->size() > kUseListOctetsMax)
    return MakeError(Failure::kError, absl::StrCat(Quoted(arguments.use_list),
                                                   ": too large for a list"));
  Buffer text(file->size());
  RETURN_IF_ERROR(file->ReadAt(0, MutableBytes(text)));
  ASSIGN_OR_RETURN(
      options.listed,
      ParseEntryList(AsText(text), arguments.use_list, archive_entries));
  return absl::OkStatus();
}

// Read from its beginning to its end, once.
bool IsStream(const Arguments& arguments) {
  return arguments.from_stream ||
         arguments.positional.front() == kStandardInput;
}

absl::Status CheckAllDatabases(const Arguments& arguments) {
  const bool part = !arguments.schemas.empty() || !arguments.tables.empty() ||
                    !arguments.exclude_schemas.empty() ||
                    !arguments.sections.empty() || arguments.data_only ||
                    arguments.list || arguments.dry_run ||
                    !arguments.role_map.empty() || arguments.from_stream ||
                    !arguments.use_list.empty() || !arguments.where.empty() ||
                    !arguments.renamings.empty() || !arguments.into.empty();
  if (arguments.all_databases && part)
    return MakeError(
        Failure::kUsage,
        "options -n/--schema, -N/--exclude-schema, -t/--table, "
        "-I/--index, -P/--function, -T/--trigger, "
        "--section, -a/--data-only, -l/--list, -L/--use-list, "
        "--dry-run, --map-role, --where, --rename, --into and "
        "--from-stream are for one database, not for --all-databases");
  return absl::OkStatus();
}

// Rows into tables that stand: all of them in one transaction, or none.
absl::Status CheckTableMode(const Arguments& arguments) {
  if (arguments.table_mode == TableMode::kCreate) return absl::OkStatus();
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  if (arguments.tables.empty())
    return usage("option --table-mode requires -t/--table");
  if (arguments.jobs.value_or(1) > 1)
    return usage(
        "--table-mode works in one transaction: options --table-mode and "
        "-j/--jobs exclude each other");
  if (arguments.continue_on_error)
    return usage(
        "--table-mode works in one transaction: options --table-mode and "
        "--on-error=continue exclude each other");
  if (arguments.schema_only || arguments.statistics_only || arguments.clean ||
      arguments.create || !arguments.sections.empty())
    return usage(
        "option --table-mode excludes -s/--schema-only, --statistics-only, "
        "-c/--clean, -C/--create and --section");
  if (IsStream(arguments))
    return usage("option --table-mode is for a file, not for a pipe");
  return absl::OkStatus();
}

absl::Status CheckRelocation(const Arguments& arguments) {
  if (arguments.renamings.empty() && arguments.into.empty())
    return absl::OkStatus();
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  if (!arguments.into.empty() && arguments.tables.empty() &&
      arguments.schemas.empty())
    return usage("option --into requires -t/--table or -n/--schema");
  if (arguments.clean || arguments.create || arguments.statistics_only ||
      !arguments.sections.empty() || !arguments.use_list.empty())
    return usage(
        "options --rename and --into exclude -c/--clean, -C/--create, "
        "--statistics-only, --section and -L/--use-list");
  if (IsStream(arguments))
    return usage("options --rename and --into are for a file, not for a pipe");
  return absl::OkStatus();
}

absl::Status CheckSafetyBackup(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  if (arguments.rollback_on_error && arguments.safety_backup.empty())
    return usage("option --rollback-on-error requires --safety-backup");
  if (arguments.safety_backup.empty()) return absl::OkStatus();
  if (arguments.all_databases || arguments.dry_run || arguments.list)
    return usage(
        "option --safety-backup excludes --all-databases, --dry-run and "
        "-l/--list");
  if (IsStream(arguments))
    return usage("option --safety-backup is for a file, not for a pipe");
  return absl::OkStatus();
}

absl::Status CheckJournal(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  const bool named = arguments.resume || !arguments.journal.empty();
  if (!named) return absl::OkStatus();
  if (arguments.no_journal)
    return usage("option --no-journal excludes --resume and --journal");
  if (arguments.single_transaction ||
      arguments.table_mode != TableMode::kCreate)
    return usage(
        "one transaction leaves nothing to resume: options --resume and "
        "--journal exclude -1/--single-transaction and --table-mode");
  if (IsStream(arguments))
    return usage(
        "options --resume and --journal are for a file: from a pipe, rows are "
        "restored all or none");
  if (!arguments.data_only &&
      (!arguments.renamings.empty() || !arguments.into.empty()))
    return usage(
        "options --resume and --journal exclude --rename and --into, save for "
        "-a/--data-only: what fails leaves a schema to be dropped");
  if (arguments.all_databases && !arguments.journal.empty())
    return usage(
        "option --journal is for one database, not for --all-databases");
  if (arguments.dry_run || arguments.list)
    return usage(
        "options --resume and --journal exclude --dry-run and -l/--list");
  if (!arguments.safety_backup.empty())
    return usage(
        "options --resume and --journal exclude --safety-backup: what was "
        "brought back cannot be resumed");
  return absl::OkStatus();
}

bool HasSection(const Arguments& arguments, absl::string_view section) {
  return arguments.sections.empty() ||
         std::find(arguments.sections.begin(), arguments.sections.end(),
                   section) != arguments.sections.end();
}

absl::Status CheckUsage(const Arguments& arguments) {
  const auto usage = [](absl::string_view message) {
    return MakeError(Failure::kUsage, message);
  };
  RETURN_IF_ERROR(CheckContentsUsage(arguments));
  RETURN_IF_ERROR(CheckAllDatabases(arguments));
  RETURN_IF_ERROR(CheckTableMode(arguments));
  RETURN_IF_ERROR(CheckRelocation(arguments));
  RETURN_IF_ERROR(CheckSafetyBackup(arguments));
  RETURN_IF_ERROR(CheckJournal(arguments));
  if (!arguments.sections.empty() &&
      (arguments.schema_only || arguments.data_only ||
       arguments.statistics_only))
    return usage(
        "option --section excludes -s/--schema-only, -a/--data-only and "
        "--statistics-only");
  if (!arguments.where.empty() &&
      (arguments.schema_only || arguments.statistics_only ||
       !HasSection(arguments, "data")))
    return usage("option --where is for a restore of rows");
  if (arguments.no_dependencies && arguments.tables.empty() &&
      arguments.schemas.empty())
    return usage("option --no-dependencies requires -t/--table or -n/--schema");
  if (arguments.analyze &&
      (arguments.schema_only || arguments.statistics_only ||
       !HasSection(arguments, "data")))
    return usage("option --analyze is for a restore of rows");
  if (arguments.data_only && arguments.globals)
    return usage("options --globals and -a/--data-only exclude each other");
  RETURN_IF_ERROR(CheckSingleTransaction(arguments));
  // libpq's default, a database named like the user, is too easily somebody's.
  if (!arguments.create && !arguments.all_databases && !arguments.list &&
      !NamesDatabase(arguments))
    return WithHint(usage("the database to restore into is not named"),
                    "Name it with -d/--dbname, or let -C/--create make it.");
  return absl::OkStatus();
}

// Beside the archive, unless it is told where.
void ChooseJournal(const Arguments& arguments, RestoreOptions& options) {
  const std::string& archive = arguments.positional.front();
  options.resume = arguments.resume;
  options.journal_required = !arguments.journal.empty();
  if (options.journal_required)
    options.journal = arguments.journal;
  else if (!arguments.no_journal && !arguments.single_transaction &&
           arguments.table_mode == TableMode::kCreate &&
           arguments.safety_backup.empty() && !IsStream(arguments))
    options.journal = absl::StrCat(
        archive, arguments.all_databases ? "/restore.journal" : ".journal");
}

absl::StatusOr<RestoreOptions> RestoreOptionsFrom(const Arguments& arguments) {
  RETURN_IF_ERROR(CheckUsage(arguments));
  Arguments named = arguments;
  // PGDATABASE may name the database that is to be created.
  const bool named_first =
      arguments.create
          ? !arguments.connection.dbname.empty() || IsSet("DATABASE_URL")
          : NamesDatabase(arguments);
  if (!named_first) named.connection.dbname = "postgres";
  RestoreOptions options = SharedRestoreOptions(arguments);
  ASSIGN_OR_RETURN(options.target, ConnectOptionsFrom(named));
  options.jobs = arguments.jobs.value_or(1);
  options.comments = !arguments.no_comments;
  options.security_labels = !arguments.no_security_labels;
  options.publications = !arguments.no_publications;
  options.subscriptions = !arguments.no_subscriptions;
  options.statistics = !arguments.no_statistics && !arguments.schema_only &&
                       !arguments.data_only;
  options.statistics_only = arguments.statistics_only;
  options.pre_data = !arguments.data_only && HasSection(arguments, "pre-data");
  options.data = !arguments.schema_only && HasSection(arguments, "data");
  options.post_data =
      !arguments.data_only && HasSection(arguments, "post-data");
  options.schemas = arguments.schemas;
  options.exclude_schemas = arguments.exclude_schemas;
  options.tables = arguments.tables;
  options.indexes = arguments.indexes;
  options.functions = arguments.functions;
  options.triggers = arguments.triggers;
  options.dependencies = !arguments.no_dependencies;
  options.load_via_root = arguments.load_via_root;
  options.globals = arguments.globals;
  options.memory_bytes = arguments.memory_bytes;
  options.skip_corrupt = arguments.skip_corrupt;
  for (const RowCondition& where : arguments.where)
    options.where.emplace_back(where.table, where.condition);
  options.renamings = arguments.renamings;
  options.into = arguments.into;
  options.table_mode = arguments.table_mode;
  if (options.table_mode != TableMode::kCreate) {
    options.pre_data = options.post_data = options.statistics = false;
    options.single_transaction = true;
  }
  ChooseJournal(arguments, options);
  return options;
}

absl::Status RunRestoreAll(const Arguments& arguments, CancelToken& cancel) {
  ASSIGN_OR_RETURN(const RestoreOptions options, RestoreOptionsFrom(arguments));
  absl::StatusOr<RestoreAllSummary> summary;
  {
    Progress progress;
    const StatusDisplay display(progress, "restoring", arguments);
    summary =
        RestoreAll(arguments.positional.front(), options, cancel, progress);
  }
  RETURN_IF_ERROR(summary.status());
  return PrintRestoreSummary(summary->total, arguments,
                             RestoreAllSummaryText(*summary),
                             RestoreAllSummaryJson(*summary));
}

// --list: what would be restored.
absl::Status PrintList(const ArchiveInfo& info,
                       const std::vector<Entry>& entries,
                       const RestoreOptions& options) {
  ASSIGN_OR_RETURN(const Selection selection, SelectEntries(entries, options));
  PrintOut(EntryListText(info, entries.size(), selection.entries));
  return absl::OkStatus();
}

// --dry-run: what a restore would do.
absl::Status RunDryRun(const ArchiveReader& archive, const Arguments& arguments,
                       const RestoreOptions& options, CancelToken& cancel) {
  ASSIGN_OR_RETURN(const DryRunReport report, DryRun(archive, options, cancel));
  return PrintDryRun(report, arguments, "archive: of");
}

// Of an archive or a stream of one.
template <typename Archive>
absl::Status RestoreFrom(Archive& archive, const Arguments& arguments,
                         RestoreOptions options, CancelToken& cancel) {
  RETURN_IF_ERROR(ReadUseList(arguments, archive.entries().size(), options));
  if (arguments.list)
    return PrintList(archive.info(), archive.entries(), options);
  absl::StatusOr<RestoreSummary> summary;
  {
    Progress progress;
    const StatusDisplay display(progress, "restoring", arguments);
    summary = Restore(archive, options, cancel, progress);
  }
  RETURN_IF_ERROR(summary.status());
  return PrintRestoreSummary(*summary, arguments, RestoreSummaryText(*summary),
                             RestoreSummaryJson(*summary));
}

// For a shell.
std::string ShellWord(const std::string& word) {
  const bool plain = absl::c_all_of(word, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("-_./:", c);
  });
  if (plain && !word.empty()) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

// What brings the backup back, as one would type it.
std::string CommandOf(const SafetyBackup& backup) {
  std::vector<std::string> words = {"pgbale", "restore"};
  if (std::string target = pg::ConnectionStringOf(backup.undo.target);
      !target.empty())
    words.insert(words.end(), {"-d", std::move(target)});
  words.insert(words.end(), backup.undo_words.begin(), backup.undo_words.end());
  return absl::StrJoin(words, " ",
                       [](std::string* out, const std::string& word) {
                         out->append(Printable(ShellWord(word)));
                       });
}

// The restore ended with `error`: says how to bring back what stood there, or
// does so.
absl::Status AfterFailure(const absl::Status& error, const SafetyBackup& backup,
                          const Arguments& arguments) {
  const std::string command = CommandOf(backup);
  const auto told = [&](absl::string_view what) {
    PrintErr(absl::StrCat(what, ":\n  ", command, "\n"));
    return error;
  };
  if (FailureOf(error) == Failure::kPartial)
    return told("the restore has ended; to bring back what stood there");
  if (NothingChanged(error)) {
    PrintErr(absl::StrCat(
        "nothing has changed",
        backup.all_or_nothing ? ": the restore was one transaction\n" : "\n"));
    return error;
  }
  if (!arguments.rollback_on_error ||
      FailureOf(error) == Failure::kInterrupted ||
      FailureOf(error) == Failure::kTerminated)
    return told("to bring back what stood there");
  CancelToken cancel;
  Progress progress;
  const absl::StatusOr<RestoreSummary> undone =
      BringBack(backup, cancel, progress);
  if (!undone.ok()) {
    PrintErr(ErrorText(Annotate(undone.status(), "cannot bring back")));
    return told("what stood there was not brought back; to do so");
  }
  PrintErr(absl::StrCat("what stood there was brought back from ",
                        Quoted(backup.file), "\n"));
  return error;
}

// --safety-backup: what the restore would touch, or nothing.
absl::StatusOr<std::optional<SafetyBackup>> BackUp(
    const ArchiveReader& archive, const Arguments& arguments,
    const RestoreOptions& options, CancelToken& cancel) {
  if (arguments.safety_backup.empty()) return std::optional<SafetyBackup>();
  Progress progress;
  const StatusDisplay display(progress, "backing up", arguments);
  ASSIGN_OR_RETURN(std::optional<SafetyBackup> backup,
                   MakeSafetyBackup(archive, options, arguments.safety_backup,
                                    cancel, progress));
  if (!arguments.quiet)
    PrintErr(backup.has_value()
                 ? absl::StrCat("safety backup ", Quoted(backup->file), ": ",
                                absl::StrJoin(backup->holds, ", "), "\n")
                 : "no safety backup: nothing that stands is touched\n");
  return backup;
}

absl::Status RunRestoreFile(const ArchiveReader& archive,
                            const Arguments& arguments, RestoreOptions options,
                            CancelToken& cancel) {
  RETURN_IF_ERROR(ReadUseList(arguments, archive.entries().size(), options));
  ASSIGN_OR_RETURN(const std::optional<SafetyBackup> backup,
                   BackUp(archive, arguments, options, cancel));
  const absl::Status status = RestoreFrom(archive, arguments, options, cancel);
  if (status.ok() || !backup.has_value()) return status;
  return AfterFailure(status, *backup, arguments);
}

absl::Status RunRestoreStream(const Arguments& arguments,
                              const RestoreOptions& options,
                              CancelToken& cancel) {
  if (arguments.dry_run)
    return MakeError(Failure::kUsage,
                     "option --dry-run is for a file: nothing is known of a "
                     "pipe before its end");
  if (!options.exit_on_error)
    return WithHint(
        MakeError(Failure::kUsage,
                  "option --on-error=continue is not for a pipe, whose rows "
                  "are committed all or none"),
        "Let the dump write a file, and restore that.");
  ASSIGN_OR_RETURN(std::unique_ptr<ForwardSource> source,
                   OpenArchiveStream(arguments.positional.front(), cancel));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveStream> stream,
                   ArchiveStream::Open(std::move(source)));
  return RestoreFrom(*stream, arguments, options, cancel);
}

absl::Status RunRestore(const Arguments& arguments, CancelToken& cancel) {
  if (arguments.all_databases) return RunRestoreAll(arguments, cancel);
  ASSIGN_OR_RETURN(const RestoreOptions options, RestoreOptionsFrom(arguments));
  if (IsStream(arguments)) return RunRestoreStream(arguments, options, cancel);
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source,
                   OpenArchiveFile(arguments.positional.front()));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> archive,
                   ArchiveReader::Open(std::move(source)));
  if (arguments.dry_run) {
    RestoreOptions listed = options;
    RETURN_IF_ERROR(ReadUseList(arguments, archive->entries().size(), listed));
    return RunDryRun(*archive, arguments, listed, cancel);
  }
  return RunRestoreFile(*archive, arguments, options, cancel);
}

}  // namespace

const Command kRestoreCommand = {
    "restore",
    "[OPTION]... ARCHIVE",
    "restore an archive into a database",
    "Before anything is written, the target is checked: all that is in the\n"
    "way (objects that stand there, roles and extensions that are missing) is\n"
    "listed at once. PG* variables, ~/.pgpass, the service file and\n"
    "DATABASE_URL count as with dump. ARCHIVE - is standard input.\n",
    kRestore,
    1,
    1,
    RunRestore};

}  // namespace pgbale
