#include "engine/safety/safety_backup.h"

#include <cstddef>
#include <map>
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
#include "restore/name_array.h"
#include "restore/preparation.h"
#include "restore/session.h"

namespace pgbale {
namespace {

using Name = std::pair<std::string, std::string>;  // with its schema
using Names = std::set<Name>;

// What the restore would touch.
struct Touched {
  // Empty: no database as a whole.
  std::string database;
  // Relations that would be dropped, or get rows: what they are.
  std::map<Name, std::string> relations;
  bool rows_only = false;
};

// What a restore names of what it would touch.
struct Named {
  Names relations;   // and indexes
  Names statistics;  // objects
};

// A pattern that matches this name and no other.
std::string PatternOf(const Name& name) {
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

// The relation that `entry` is, or belongs to; null: none.
const Entry* RelationOf(const std::vector<Entry>& entries, const Entry* entry) {
  // An archive may hold a circle.
  for (size_t left = entries.size(); left > 0; --left) {
    if (entry->is_relation) return entry;
    if (entry->parent == 0) break;
    entry = &entries[entry->parent - 1];
  }
  return nullptr;
}

// Tables that get rows, and sequences that get a state, and are not made.
void NameFilled(const std::vector<Entry>& entries, const Selection& selection,
                Named& named) {
  absl::flat_hash_set<uint32_t> made;
  Names roots;
  for (const Entry* entry : selection.entries)
    if (entry->is_relation) made.insert(entry->id);
  for (const Entry* entry : selection.entries) {
    if (entry->section != Section::kData || made.contains(entry->parent))
      continue;
    if (!entry->data.has_value()) {
      if (const Entry* sequence = RelationOf(entries, entry))
        named.relations.emplace(sequence->schema, sequence->name);
      continue;
    }
    if (entry->data->target != DataTarget::kRelation) continue;
    named.relations.emplace(entry->schema, entry->name);
    if (entry->data->via_root)
      roots.emplace(entry->data->schema, entry->data->relation);
  }
  // Rows that go through a root come to any of its partitions.
  named.relations.insert(roots.begin(), roots.end());
}

// What is dropped, or loses what is.
void NameDropped(const std::vector<Entry>& entries, const Selection& selection,
                 Named& named) {
  for (const Entry* entry : EntriesToDrop(entries, selection)) {
    if (const Entry* relation = RelationOf(entries, entry))
      named.relations.emplace(relation->schema, relation->name);
    if (entry->is_relation) continue;
    // Dropped by their own names, wherever these belong here.
    if (entry->kind == "INDEX")
      named.relations.emplace(entry->schema, entry->name);
    else if (!entry->owner_targets.empty())
      named.statistics.emplace(entry->schema, entry->name);
  }
}

// What stands of what $1 and $2, and for statistics objects $3 and $4, name by
// schemas and names: tables instead of their indexes and statistics objects,
// with all of their partitions, which the archive need not know. A sequence
// that a column owns comes with its table.
constexpr absl::string_view kTouched =
    "WITH tables AS ("
    "SELECT COALESCE(i.indrelid, c.oid) AS oid FROM ROWS FROM ("
    "pg_catalog.unnest($1::pg_catalog.text[]),"
    " pg_catalog.unnest($2::pg_catalog.text[])) AS w(schema, name)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema"
    " JOIN pg_catalog.pg_class c"
    " ON c.relnamespace = n.oid AND c.relname = w.name"
    " LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid"
    " UNION SELECT s.stxrelid FROM ROWS FROM ("
    "pg_catalog.unnest($3::pg_catalog.text[]),"
    " pg_catalog.unnest($4::pg_catalog.text[])) AS w(schema, name)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema"
    " JOIN pg_catalog.pg_statistic_ext s"
    " ON s.stxnamespace = n.oid AND s.stxname = w.name),"
    " touched AS (SELECT oid FROM tables UNION SELECT p.relid FROM tables,"
    " pg_catalog.pg_partition_tree(tables.oid::pg_catalog.regclass) AS p)"
    "SELECT n.nspname, c.relname, CASE c.relkind WHEN 'S' THEN 'sequence'"
    " WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END,"
    " (SELECT pg_catalog.min(p.pubname::pg_catalog.text)"
    " FROM pg_catalog.pg_publication_rel r"
    " JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid"
    " WHERE r.prrelid = c.oid)"
    " FROM touched t JOIN pg_catalog.pg_class c ON c.oid = t.oid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind <> 'S' OR NOT EXISTS ("
    "SELECT FROM pg_catalog.pg_depend d"
    " WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
    " AND d.refclassid = d.classid AND d.objid = c.oid"
    " AND d.deptype IN ('a', 'i')"
    " AND d.refobjid IN (SELECT oid FROM touched))";

// Adds them. An error for one that would be dropped and could not be brought
// back as it was.
absl::Status FindRelations(pg::Connection& connection, const Named& named,
                           Touched& touched) {
  std::vector<std::string> texts[4];
  for (const auto& [schema, name] : named.relations) {
    texts[0].push_back(schema);
    texts[1].push_back(name);
  }
  for (const auto& [schema, name] : named.statistics) {
    texts[2].push_back(schema);
    texts[3].push_back(name);
  }
  enum { kSchema, kName, kKind, kPublication };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(kTouched, {NameArray(texts[0]), NameArray(texts[1]),
                                  NameArray(texts[2]), NameArray(texts[3])}));
  for (const pg::Row row : result) {
    touched.relations[{row.str(kSchema), row.str(kName)}] = row.str(kKind);
    if (touched.rows_only || row.is_null(kPublication)) continue;
    return WithHint(
        MakeError(Failure::kError,
                  absl::StrCat("nothing was restored: a safety backup of "
                               "tables does not hold that ",
                               Quoted(row.text(kSchema), row.text(kName)),
                               " is in publication ",
                               Quoted(row.text(kPublication)))),
        "Take it out with ALTER PUBLICATION ... DROP TABLE, and add it again "
        "afterwards; or restore without --safety-backup.");
  }
  return absl::OkStatus();
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
  Named named;
  NameFilled(entries, made.selection, named);
  if (options.clean) NameDropped(entries, made.selection, named);
  touched.rows_only = !options.clean;
  RETURN_IF_ERROR(FindRelations(connection, named, touched));
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
  for (const auto& [name, kind] : touched.relations)
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
    backup.undo_words = {"--create", "--clean"};
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
  if (!options.role.empty())
    backup.undo_words.insert(backup.undo_words.end(), {"--role", options.role});
  if (options.allow_newer_server)
    backup.undo_words.push_back("--allow-newer-server");
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
  for (const auto& [name, kind] : touched.relations)
    backup.holds.push_back(
        absl::StrCat(kind, " ", Quoted(name.first, name.second)));
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
