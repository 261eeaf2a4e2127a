#include "engine/safety/safety_backup.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/io/file.h"
#include "base/sched/processors.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/dump/dump.h"
#include "engine/inspect/verify.h"
#include "restore/preparation.h"
#include "restore/session.h"
#include "restore/target_objects.h"

namespace pgbale {
namespace {

using Names = std::set<std::pair<std::string, std::string>>;

// What the restore would touch.
struct Touched {
  // Empty: no database as a whole.
  std::string database;
  // Relations that would be dropped, or get rows.
  Names relations;
  bool rows_only = false;
};

// A pattern that matches this name and no other.
std::string PatternOf(const std::pair<std::string, std::string>& name) {
  const auto quoted = [](const std::string& text) {
    return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}),
                        "\"");
  };
  return absl::StrCat(quoted(name.first), ".", quoted(name.second));
}

bool TablesAlone(const RestoreOptions& options) {
  return !options.tables.empty() && options.schemas.empty() &&
         options.indexes.empty() && options.functions.empty() &&
         options.triggers.empty() && !options.listed.has_value();
}

// Tables that get rows and are not made.
std::vector<const Entry*> TablesWithNewRows(const std::vector<Entry>& entries,
                                            const Selection& selection) {
  absl::flat_hash_set<uint32_t> made;
  Names roots;
  std::vector<const Entry*> tables;
  for (const Entry* entry : selection.entries)
    if (entry->is_relation) made.insert(entry->id);
  for (const Entry* entry : selection.entries) {
    if (!entry->data.has_value() || made.contains(entry->parent) ||
        entry->data->target != DataTarget::kRelation)
      continue;
    tables.push_back(entry);
    if (entry->data->via_root)
      roots.emplace(entry->data->schema, entry->data->relation);
  }
  // Rows that go through a root come to any of its partitions.
  for (const Entry& entry : entries)
    if (entry.data.has_value() && entry.data->via_root &&
        roots.contains({entry.data->schema, entry.data->relation}))
      tables.push_back(&entry);
  return tables;
}

absl::StatusOr<Touched> FindTouched(const ArchiveReader& archive,
                                    const RestoreOptions& options,
                                    const Preparation& made) {
  pg::Connection& connection = *made.control;
  Touched touched;
  const std::vector<Entry>& entries =
      made.changed == nullptr ? archive.entries() : *made.changed;
  if (options.create) {
    ASSIGN_OR_RETURN(
        const pg::Result found,
        connection.Query(
            "SELECT FROM pg_catalog.pg_database WHERE datname = $1",
            {archive.info().database}));
    if (found.rows() > 0) touched.database = archive.info().database;
    return touched;
  }
  if (options.clean && !TablesAlone(options)) {
    ASSIGN_OR_RETURN(const pg::Result name,
                     connection.Query("SELECT pg_catalog.current_database()"));
    touched.database = name.row(0).str(0);
    return touched;
  }
  std::vector<const Entry*> relations =
      TablesWithNewRows(entries, made.selection);
  touched.rows_only = !options.clean;
  if (options.clean)
    for (const Entry* entry : EntriesToDrop(entries, made.selection))
      if (entry->is_relation) relations.push_back(entry);
  ASSIGN_OR_RETURN(touched.relations, StandingRelations(connection, relations));
  return touched;
}

absl::Status DumpTouched(const Touched& touched, const RestoreOptions& options,
                         const std::string& path, CancelToken& cancel,
                         Progress& progress) {
  DumpOptions dump;
  dump.source = options.target;
  if (options.create)
    dump.source = WithDatabase(options.target, touched.database);
  dump.role = options.role;
  dump.allow_newer_server = options.allow_newer_server;
  dump.jobs = options.jobs;
  dump.memory_bytes = options.memory_bytes;
  dump.output = path;
  for (const auto& name : touched.relations)
    dump.catalog.tables.push_back(PatternOf(name));
  ASSIGN_OR_RETURN(const DumpSummary summary, Dump(dump, cancel, progress));
  if (!summary.warnings.empty())
    return MakeError(Failure::kError,
                     absl::StrCat("it is not complete:\n  ",
                                  absl::StrJoin(summary.warnings, "\n  ")));
  Progress verified;
  ASSIGN_OR_RETURN(const VerifyReport report,
                   VerifyFile(path, Processors(), cancel, verified));
  return VerdictOf(report);
}

void PlanUndo(const Touched& touched, const RestoreOptions& options,
              SafetyBackup& backup) {
  RestoreOptions& undo = backup.undo;
  undo.target = options.target;
  undo.role = options.role;
  undo.jobs = options.jobs;
  undo.memory_bytes = options.memory_bytes;
  undo.allow_newer_server = options.allow_newer_server;
  if (!touched.database.empty()) {
    const std::string other =
        touched.database == "postgres" ? "template1" : "postgres";
    undo.create = undo.clean = true;
    undo.target = WithDatabase(options.target, other);
    backup.undo_words = {"-d", other, "--create", "--clean"};
  } else if (touched.rows_only) {
    undo.tables = {"*.*"};
    undo.table_mode = TableMode::kTruncate;
    undo.single_transaction = true;
    undo.pre_data = undo.post_data = undo.statistics = false;
    backup.undo_words = {"-t", "*.*", "--table-mode", "truncate"};
  } else {
    undo.clean = undo.if_exists = true;
    backup.undo_words = {"--clean", "--if-exists"};
  }
  backup.undo_words.push_back(backup.file);
}

}  // namespace

absl::StatusOr<std::optional<SafetyBackup>> MakeSafetyBackup(
    const ArchiveReader& archive, const RestoreOptions& options,
    const std::string& path, CancelToken& cancel, Progress& progress) {
  RestoreOptions harmless = options;
  harmless.target.cancel = &cancel;
  harmless.read_only = true;
  ASSIGN_OR_RETURN(const Preparation made,
                   PrepareRestore(archive.info(), archive.entries(),
                                  archive.directory(), harmless));
  RETURN_IF_ERROR(made.findings.Verdict());
  ASSIGN_OR_RETURN(const Touched touched, FindTouched(archive, harmless, made));
  SafetyBackup backup;
  backup.file = path;
  backup.all_or_nothing = options.single_transaction && !options.create;
  if (!touched.database.empty())
    backup.holds = {absl::StrCat("database ", Quoted(touched.database))};
  for (const auto& [schema, name] : touched.relations)
    backup.holds.push_back(absl::StrCat("table ", Quoted(schema, name)));
  if (backup.holds.empty()) return std::optional<SafetyBackup>();
  RETURN_IF_ERROR(
      Annotate(DumpTouched(touched, harmless, path, cancel, progress),
               absl::StrCat("nothing was restored, the safety backup ",
                            Quoted(path), " failed")));
  PlanUndo(touched, options, backup);
  return std::optional(std::move(backup));
}

absl::StatusOr<RestoreSummary> BringBack(const SafetyBackup& backup,
                                         CancelToken& cancel,
                                         Progress& progress) {
  ASSIGN_OR_RETURN(std::unique_ptr<Source> source, OpenFileSource(backup.file));
  ASSIGN_OR_RETURN(const std::unique_ptr<ArchiveReader> reader,
                   ArchiveReader::Open(std::move(source)));
  return Restore(*reader, backup.undo, cancel, progress);
}

}  // namespace pgbale
