#include "engine/cli/options.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/secret.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bench/peers.h"
#include "engine/cli/values.h"

namespace pgbale {
namespace {

using Group = OptionGroup;

template <auto member>
absl::Status Set(absl::string_view, Arguments& arguments) {
  arguments.*member = true;
  return absl::OkStatus();
}

template <auto member>
absl::Status Text(absl::string_view value, Arguments& arguments) {
  arguments.*member = std::string(value);
  return absl::OkStatus();
}

template <auto member>
absl::Status Add(absl::string_view value, Arguments& arguments) {
  (arguments.*member).emplace_back(value);
  return absl::OkStatus();
}

template <auto member>
absl::Status Connect(absl::string_view value, Arguments& arguments) {
  arguments.connection.*member = std::string(value);
  return absl::OkStatus();
}

// Stores what `parse` makes of the value.
template <auto member, auto parse>
absl::Status Parsed(absl::string_view value, Arguments& arguments) {
  ASSIGN_OR_RETURN(arguments.*member, parse(value));
  return absl::OkStatus();
}

absl::Status Nothing(absl::string_view, Arguments&) { return absl::OkStatus(); }

// Why `copy` has none of these.
absl::Status NotOfOneServer(absl::string_view, Arguments&) {
  return MakeError(Failure::kUsage,
                   "SRC and DST may be of two servers: each names its own, as "
                   "\"host=db1 port=5433 user=me dbname=shop\" or as a URI; "
                   "passwords come from ~/.pgpass");
}

absl::Status NoJournal(absl::string_view, Arguments&) {
  return MakeError(Failure::kUsage,
                   "a copy cannot be resumed: the snapshot that it reads ends "
                   "with it; dump into a file, and restore that");
}

absl::Status ByDump(absl::string_view, Arguments&) {
  return MakeError(Failure::kUsage,
                   "a copy cannot do this; dump into a file, and restore that");
}

absl::Status StoreFormat(absl::string_view value, Arguments&) {
  return CheckFormat(value);
}

absl::Status StoreSection(absl::string_view value, Arguments& arguments) {
  RETURN_IF_ERROR(CheckSection(value));
  arguments.sections.emplace_back(value);
  return absl::OkStatus();
}

absl::Status StoreWhere(absl::string_view value, Arguments& arguments) {
  ASSIGN_OR_RETURN(RowCondition where, ParseRowCondition(value));
  arguments.where.push_back(std::move(where));
  return absl::OkStatus();
}

absl::Status StoreMapRole(absl::string_view value, Arguments& arguments) {
  ASSIGN_OR_RETURN(auto renaming, ParseRenaming(value));
  const auto [old, inserted] = arguments.role_map.insert(renaming);
  if (!inserted && old->second != renaming.second)
    return MakeError(Failure::kUsage, absl::StrCat("role ", Quoted(old->first),
                                                   " gets two names"));
  return absl::OkStatus();
}

absl::Status StoreRename(absl::string_view value, Arguments& arguments) {
  ASSIGN_OR_RETURN(auto renaming, ParseTableRenaming(value));
  arguments.renamings.push_back(std::move(renaming));
  return absl::OkStatus();
}

template <CatalogOptions::LargeObjects choice>
absl::Status StoreLargeObjects(absl::string_view, Arguments& arguments) {
  arguments.large_objects = choice;
  return absl::OkStatus();
}

constexpr auto kWithLargeObjects =
    StoreLargeObjects<CatalogOptions::LargeObjects::kYes>;
constexpr auto kWithoutLargeObjects =
    StoreLargeObjects<CatalogOptions::LargeObjects::kNo>;

using A = Arguments;
using C = pg::UserConnection;

constexpr OptionSpec kOptions[] = {
    {Group::kGeneral, kDump, 'f', "file", "FILE",
     "the archive to write (default: standard output)", Text<&A::file>},
    {Group::kGeneral, kDump, 'F', "format", "c",
     "format of the archive; c is the only one", StoreFormat},
    {Group::kGeneral, kDump, 'j', "jobs", "NUM",
     "connections that read tables (default: one for each\n"
     "64 MiB of the database, up to one a processor)",
     Parsed<&A::jobs, ParseJobs>},
    {Group::kGeneral, kRestore, 'j', "jobs", "NUM",
     "do this many things at a time (default: 1)", Parsed<&A::jobs, ParseJobs>},
    {Group::kGeneral, kCopy, 'j', "jobs", "NUM",
     "do this many things at a time (default: one for each\n"
     "64 MiB of the database, up to one a processor)",
     Parsed<&A::jobs, ParseJobs>},
    {Group::kGeneral, kSalvage, 'f', "file", "NEW",
     "the archive to write: what is whole", Text<&A::file>},
    {Group::kGeneral, kVerify | kSalvage, 'j', "jobs", "NUM",
     "threads that check (default: one a processor)",
     Parsed<&A::jobs, ParseJobs>},
    {Group::kGeneral, kSalvage, 'E', "encoding", "ENCODING",
     "of the database that was dumped, if the header,\nwhich tells it, is lost",
     Text<&A::encoding>},
    {Group::kGeneral, kVerify, 0, "against", "DATABASE",
     "compare the rows with those of a database, too: a\nname, a URI, or "
     "keywords as \"host=db1 dbname=shop\"",
     Text<&A::against>},
    {Group::kGeneral, kVerify, 't', "table", "PATTERN",
     "with --against: compare matching tables only", Add<&A::tables>},
    {Group::kGeneral, kVerify, 0, "load-via-partition-root", nullptr,
     "with --against: compare partitioned tables as a\n"
     "whole, whichever partitions their rows are in",
     Set<&A::load_via_root>},
    {Group::kGeneral, kDump | kBench, 'Z', "compress", "LEVEL",
     "0 to 19, zstd:LEVEL or none (default: zstd:1)",
     Parsed<&A::compression_level, ParseCompression>},
    {Group::kGeneral, kDump | kRestore | kBench, 0, "memory", "SIZE",
     "memory for rows on their way, as 256MB or 1GiB\n(default: 1GiB)",
     Parsed<&A::memory_bytes, ParseBytes>},
    {Group::kGeneral, kDump | kCopy, 0, "lock-wait-timeout", "TIME",
     "give up if a table cannot be locked for so long;\n"
     "milliseconds, or with a unit as 30s",
     Parsed<&A::lock_wait_timeout_ms, ParseTimeoutMs>},
    {Group::kGeneral, kDump, 0, "data-format", "auto|binary|text",
     "the form in which rows are read; auto (default):\n"
     "binary, but text where that is cheaper by far",
     Parsed<&A::data_format, ParseDataFormat>},
    {Group::kGeneral, kCopy, 0, "data-format", "auto|binary|text",
     "the form in which rows go; auto (default): binary,\n"
     "but text into a server that is older than SRC's",
     Parsed<&A::data_format, ParseDataFormat>},
    {Group::kGeneral, kDump, 0, "max-blocked-seconds", "NUM",
     "give up if somebody waits longer than this for a\n"
     "table that the dump has locked (default: never)",
     Parsed<&A::blocked_ms_max, ParseSecondsAsMs>},
    {Group::kGeneral, kDump | kCopy, 0, "rate-limit", "SIZE",
     "take at most so many octets of rows a second from\n"
     "the server, all jobs together, as 50MB",
     Parsed<&A::rate_limit_bytes, ParseBytes>},
    {Group::kGeneral, kDump, 0, "snapshot", "NAME",
     "dump what this exported snapshot shows", Text<&A::snapshot>},
    {Group::kGeneral, kDump | kCopy, 0, "serializable-deferrable", nullptr,
     "wait for a snapshot that serializable transactions\n"
     "cannot contradict",
     Set<&A::serializable_deferrable>},
    {Group::kGeneral, kDump, 0, "overwrite", nullptr,
     "replace FILE if it exists, once the dump is complete",
     Set<&A::overwrite>},
    {Group::kGeneral, kSalvage, 0, "overwrite", nullptr,
     "replace NEW if it exists, once it is complete", Set<&A::overwrite>},
    {Group::kGeneral, kDump, 0, "keep-partial", nullptr,
     "after an error, leave FILE.partial for inspection",
     Set<&A::keep_partial>},
    {Group::kGeneral, kDump | kSalvage, 0, "no-sync", nullptr,
     "do not wait for the disk: a crash of the machine\n"
     "may lose the archive",
     Set<&A::no_sync>},
    {Group::kGeneral, kRestore | kCopy, 0, "on-error", "stop|continue",
     "at the first error stop (default), or go on, list\n"
     "all errors at the end and exit with 3",
     Parsed<&A::continue_on_error, ParseOnError>},
    {Group::kGeneral, kCopy, 0, "exit-on-error", nullptr,
     "same as --on-error=stop", Nothing},
    {Group::kGeneral, kRestore, 'e', "exit-on-error", nullptr,
     "same as --on-error=stop", Nothing},
    {Group::kGeneral, kRestore | kCopy, 0, "fk-on-violation", "fail|not-valid",
     "of a foreign key that rows break: an error\n"
     "(default), or let it stay NOT VALID, list it at the\n"
     "end and exit with 3",
     Parsed<&A::keep_broken_keys, ParseOnViolation>},
    {Group::kGeneral, kRestore | kCopy, 0, "dry-run", nullptr,
     "check the target, print what would be done and all\n"
     "that is in the way, and write nothing",
     Set<&A::dry_run>},
    {Group::kGeneral, kRestore, 0, "from-stream", nullptr,
     "read ARCHIVE once, from its beginning to its end:\n"
     "a named pipe into which a dump writes, or a file",
     Set<&A::from_stream>},
    {Group::kGeneral, kRestore, 0, "resume", nullptr,
     "go on where the same restore was interrupted", Set<&A::resume>},
    {Group::kGeneral, kRestore, 0, "journal", "FILE",
     "keep the journal that --resume needs in FILE\n"
     "(default: ARCHIVE.journal)",
     Text<&A::journal>},
    {Group::kGeneral, kRestore, 0, "no-journal", nullptr,
     "keep none: what is interrupted begins anew", Set<&A::no_journal>},
    {Group::kGeneral, kRestore, 0, "allow-non-empty", nullptr,
     "restore into a database that holds objects", Set<&A::allow_non_empty>},
    {Group::kGeneral, kCopy, 0, "allow-non-empty", nullptr,
     "copy into a database that holds objects", Set<&A::allow_non_empty>},
    {Group::kGeneral, kRestore, 0, "skip-corrupt", nullptr,
     "leave out the rows of damaged chunks, list them and\nexit with 3",
     Set<&A::skip_corrupt>},
    {Group::kGeneral, kRestore, 0, "safety-backup", "FILE",
     "first dump what will be dropped or get rows, and\n"
     "verify that; if the restore fails, print the command\n"
     "that brings it back",
     Text<&A::safety_backup>},
    {Group::kGeneral, kRestore, 0, "rollback-on-error", nullptr,
     "with --safety-backup: run that command", Set<&A::rollback_on_error>},
    {Group::kGeneral, kRestore | kCopy, 0, "maintenance-memory", "SIZE",
     "memory of the server for all indexes that are built\n"
     "at a time (default: half of its shared_buffers)",
     Parsed<&A::maintenance_memory_bytes, ParseBytes>},
    {Group::kGeneral, kRestore | kCopy, 0, "analyze", nullptr,
     "in the end, ANALYZE what was restored", Set<&A::analyze>},
    {Group::kGeneral, kRestore, '1', "single-transaction", nullptr,
     "restore all or nothing, in one transaction", Set<&A::single_transaction>},
    {Group::kGeneral, kCopy, '1', "single-transaction", nullptr,
     "copy all or nothing, in one transaction", Set<&A::single_transaction>},
    {Group::kGeneral, kBench, 'j', "jobs", "NUM",
     "connections that either side may use at a time\n"
     "(default: one a processor)",
     Parsed<&A::jobs, ParseJobs>},
    {Group::kGeneral, kBench, 0, "runs", "NUM",
     "runs of each program that count (default: 5)",
     Parsed<&A::runs, ParseRuns>},
    {Group::kGeneral, kBench, 0, "phases", "dump|restore|both",
     "what is measured (default: both)",
     Parsed<&A::bench_phases, ParseBenchPhases>},
    {Group::kGeneral, kBench, 0, "no-warm-up", nullptr,
     "let the first turn count, too", Set<&A::no_warm_up>},
    {Group::kGeneral, kBench, 0, "pg-bin", "DIR",
     "a folder with pg_dump and pg_restore; may be\n"
     "repeated (default: those that PATH finds)",
     Add<&A::pg_bin>},
    {Group::kGeneral, kBench, 0, "peer-formats", "LIST",
     "d: -Fd, as many jobs, zstd:1 or else its fastest\n"
     "compression (default); c: -Fc as it is; d,c: both;\n"
     "none: pgbale alone",
     Parsed<&A::peer_formats, ParsePeerFormats>},
    {Group::kGeneral, kBench, 0, "peer-options", "WORDS",
     "further options of pg_dump, blanks between them", Text<&A::peer_options>},
    {Group::kGeneral, kBench, 0, "dir", "DIR",
     "archives go into a new folder in DIR, which is\n"
     "removed (default: TMPDIR, or /tmp)",
     Text<&A::folder>},
    {Group::kGeneral, kBench, 0, "keep", nullptr, "leave the archives there",
     Set<&A::keep>},
    {Group::kGeneral, kBench, 0, "json", "FILE",
     "write every figure of every run to the new FILE; -\n"
     "is standard output",
     Text<&A::json_file>},
    {Group::kGeneral, kBench, 0, "plot", "FILE",
     "draw a picture, by gnuplot, into the new FILE.svg or\nFILE.png",
     Text<&A::plot_file>},
    {Group::kGeneral, kBench, 0, "quiet", nullptr,
     "print the table only, not each run", Set<&A::quiet>},
    {Group::kGeneral, kDump | kRestore | kCopy | kVerify | kSalvage, 'v',
     "verbose", nullptr, "say more about what happens", Set<&A::verbose>},
    {Group::kGeneral, kDump | kRestore | kCopy | kVerify | kSalvage, 0, "quiet",
     nullptr, "print errors and warnings only", Set<&A::quiet>},
    {Group::kGeneral, kDump | kRestore | kCopy | kVerify | kSalvage, 0, "json",
     nullptr, "print JSON on standard output, one object a line",
     Set<&A::json>},
    {Group::kGeneral, kList, 0, "json", nullptr, "print one JSON object",
     Set<&A::json>},
    {Group::kGeneral, kList, 'l', "list", nullptr,
     "print lines that restore -L takes", Set<&A::list>},
    {Group::kGeneral, kAllCommands, 0, "help", nullptr,
     "print this help and exit", Set<&A::help>},

    {Group::kContents, kDump, 0, "all-databases", nullptr,
     "all databases, roles and tablespaces of the server,\n"
     "into the folder FILE; -d names one to begin with",
     Set<&A::all_databases>},
    {Group::kContents, kDump, 0, "exclude-database", "PATTERN",
     "not the matching databases", Add<&A::exclude_databases>},
    {Group::kContents, kRestore, 0, "all-databases", nullptr,
     "ARCHIVE is a folder with all databases of a server;\n"
     "-d names one to connect to first",
     Set<&A::all_databases>},
    {Group::kContents, kDump, 0, "globals", nullptr,
     "roles and tablespaces of the server too", Set<&A::globals>},
    {Group::kContents, kRestore, 0, "globals", nullptr,
     "first of all the roles and tablespaces that are in\n"
     "the archive: those that exist are altered to match",
     Set<&A::globals>},
    {Group::kContents, kDump, 'g', "globals-only", nullptr,
     "roles and tablespaces, nothing of a database", Set<&A::globals_only>},
    {Group::kContents, kDump, 'r', "roles-only", nullptr, "roles, nothing else",
     Set<&A::roles_only>},
    {Group::kContents, kDump, 0, "tablespaces-only", nullptr,
     "tablespaces, nothing else", Set<&A::tablespaces_only>},
    {Group::kContents, kDump, 0, "no-role-passwords", nullptr,
     "roles without their passwords, which only a\n"
     "superuser can read",
     Set<&A::no_role_passwords>},
    {Group::kContents, kDump, 'a', "data-only", nullptr,
     "rows only, no definitions", Set<&A::data_only>},
    {Group::kContents, kRestore | kCopy, 'a', "data-only", nullptr,
     "rows only, into tables that exist", Set<&A::data_only>},
    {Group::kContents, kDump | kRestore | kCopy, 's', "schema-only", nullptr,
     "definitions only, no rows", Set<&A::schema_only>},
    {Group::kContents, kDump | kCopy, 0, "statistics", nullptr,
     "the planner's statistics too, for servers 18 and\nlater",
     Set<&A::statistics>},
    {Group::kContents, kRestore, 0, "statistics", nullptr,
     "the planner's statistics too, if the archive has\nthem (default)",
     Set<&A::statistics>},
    {Group::kContents, kDump | kRestore, 0, "statistics-only", nullptr,
     "the planner's statistics only", Set<&A::statistics_only>},
    {Group::kContents, kDump | kCopy, 0, "no-statistics", nullptr,
     "no statistics (default)", Set<&A::no_statistics>},
    {Group::kContents, kRestore, 0, "no-statistics", nullptr, "no statistics",
     Set<&A::no_statistics>},
    {Group::kContents, kDump | kCopy | kBench, 'n', "schema", "PATTERN",
     "matching schemas only", Add<&A::schemas>},
    {Group::kContents, kRestore, 'n', "schema", "PATTERN",
     "matching schemas only", Add<&A::schemas>},
    {Group::kContents, kDump | kCopy | kBench, 'N', "exclude-schema", "PATTERN",
     "not the matching schemas", Add<&A::exclude_schemas>},
    {Group::kContents, kRestore, 'N', "exclude-schema", "PATTERN",
     "not the matching schemas", Add<&A::exclude_schemas>},
    {Group::kContents, kDump | kCopy | kBench, 't', "table", "PATTERN",
     "matching tables, views and sequences only", Add<&A::tables>},
    {Group::kContents, kRestore, 't', "table", "PATTERN",
     "matching tables, views and sequences only, with\n"
     "what belongs to them and what they need",
     Add<&A::tables>},
    {Group::kContents, kRestore, 0, "no-dependencies", nullptr,
     "with -t or -n: without what they need, indexes,\n"
     "constraints and the like, as pg_restore",
     Set<&A::no_dependencies>},
    {Group::kContents, kRestore, 0, "table-mode", "MODE",
     "with -t: create the tables (default), or put rows\n"
     "alone into those that stand: append, truncate\n"
     "first, or upsert by primary key",
     Parsed<&A::table_mode, ParseTableMode>},
    {Group::kContents, kRestore, 0, "rename", "OLD=NEW",
     "table OLD comes back as NEW, beside what stands\n"
     "there, as \"shop.log=old_log\"; may be repeated",
     StoreRename},
    {Group::kContents, kRestore, 0, "into", "SCHEMA",
     "with -t or -n: all that they name into this schema,\n"
     "which is made if it does not stand",
     Text<&A::into>},
    {Group::kContents, kRestore, 'I', "index", "PATTERN",
     "matching indexes, nothing that they need", Add<&A::indexes>},
    {Group::kContents, kRestore, 'P', "function", "NAME(ARGS)",
     "this routine, nothing that it needs", Add<&A::functions>},
    {Group::kContents, kRestore, 'T', "trigger", "PATTERN",
     "matching triggers, nothing that they need", Add<&A::triggers>},
    {Group::kContents, kRestore, 0, "strict-names", nullptr,
     "accepted for scripts: every pattern must match\n"
     "something in any case",
     Nothing},
    {Group::kContents, kRestore | kCopy, 0, "disable-triggers", nullptr,
     "with -a: rows set off no triggers and are not\n"
     "compared with foreign keys",
     Set<&A::disable_triggers>},
    {Group::kContents, kDump | kCopy | kBench, 'T', "exclude-table", "PATTERN",
     "not the matching tables", Add<&A::exclude_tables>},
    {Group::kContents, kDump | kCopy, 0, "exclude-table-data", "PATTERN",
     "not the rows of matching tables", Add<&A::exclude_table_data>},
    {Group::kContents, kDump | kCopy, 0, "exclude-table-data-and-children",
     "PATTERN",
     "nor those of the tables that inherit from them and\n"
     "of their partitions",
     Add<&A::exclude_table_data_and_children>},
    {Group::kContents, kDump | kRestore | kCopy, 0, "where", "TABLE=CONDITION",
     "of this table only the rows that fulfil CONDITION,\n"
     "as \"public.log=at > '2026-01-01'\"; may be repeated",
     StoreWhere},
    {Group::kContents, kDump | kCopy, 0, "no-unlogged-table-data", nullptr,
     "not the rows of unlogged tables", Set<&A::no_unlogged_table_data>},
    {Group::kContents, kDump | kCopy, 0, "include-foreign-data", "PATTERN",
     "the rows of foreign tables on matching servers, too",
     Add<&A::include_foreign_data>},
    {Group::kContents, kDump | kCopy, 'e', "extension", "PATTERN",
     "matching extensions only", Add<&A::extensions>},
    {Group::kContents, kDump | kCopy, 0, "strict-names", nullptr,
     "every pattern must match something", Set<&A::strict_names>},
    {Group::kContents, kDump | kCopy, 'b', "large-objects", nullptr,
     "large objects too, where -n or -t leave them out", kWithLargeObjects},
    {Group::kContents, kDump | kCopy, 0, "blobs", nullptr,
     "same as --large-objects", kWithLargeObjects},
    {Group::kContents, kDump | kCopy, 'B', "no-large-objects", nullptr,
     "no large objects", kWithoutLargeObjects},
    {Group::kContents, kDump | kCopy, 0, "no-blobs", nullptr,
     "same as --no-large-objects", kWithoutLargeObjects},
    {Group::kContents, kDump | kCopy, 0, "enable-row-security", nullptr,
     "where row security hides rows, dump the others",
     Set<&A::enable_row_security>},
    {Group::kContents, kDump, 0, "load-via-partition-root", nullptr,
     "let rows of partitions be restored through the root,\n"
     "which finds the partition of each",
     Set<&A::load_via_root>},
    {Group::kContents, kRestore, 0, "load-via-partition-root", nullptr,
     "rows of partitions go through the root, which finds\n"
     "the partition of each",
     Set<&A::load_via_root>},
    {Group::kContents, kRestore, 'l', "list", nullptr,
     "print what would be restored, one entry a line, and\nrestore nothing",
     Set<&A::list>},
    {Group::kContents, kRestore, 'L', "use-list", "FILE",
     "only the entries that FILE lists, in its order:\nlines of -l, some of "
     "them taken out or moved",
     Text<&A::use_list>},
    {Group::kContents, kRestore, 0, "section", "SECTION",
     "pre-data, data or post-data only; may be repeated", StoreSection},
    {Group::kContents, kDump, 'x', "no-privileges", nullptr,
     "no GRANT and REVOKE", Set<&A::no_privileges>},
    {Group::kContents, kRestore | kCopy, 'x', "no-privileges", nullptr,
     "no GRANT and REVOKE", Set<&A::no_privileges>},
    {Group::kContents, kDump | kRestore | kCopy, 0, "no-acl", nullptr,
     "same as --no-privileges", Set<&A::no_privileges>},
    {Group::kContents, kDump | kRestore | kCopy, 0, "no-comments", nullptr,
     "no comments", Set<&A::no_comments>},
    {Group::kContents, kDump | kRestore | kCopy, 0, "no-security-labels",
     nullptr, "no security labels", Set<&A::no_security_labels>},
    {Group::kContents, kDump | kRestore | kCopy, 0, "no-publications", nullptr,
     "no publications", Set<&A::no_publications>},
    {Group::kContents, kDump | kRestore | kCopy, 0, "no-subscriptions", nullptr,
     "no subscriptions", Set<&A::no_subscriptions>},
    {Group::kContents, kRestore | kCopy, 'O', "no-owner", nullptr,
     "all objects belong to who restores", Set<&A::no_owner>},
    {Group::kContents, kRestore | kCopy, 0, "map-role", "OLD=NEW",
     "what names role OLD names NEW: owners, grants,\n"
     "policies, user mappings; may be repeated",
     StoreMapRole},
    {Group::kContents, kRestore | kCopy, 0, "skip-missing-roles", nullptr,
     "leave out what names roles that do not exist, list\n"
     "it at the end and exit with 3",
     Set<&A::skip_missing_roles>},
    {Group::kContents, kRestore | kCopy, 0, "no-tablespaces", nullptr,
     "everything into the default tablespace", Set<&A::no_tablespaces>},
    {Group::kContents, kRestore, 'c', "clean", nullptr,
     "drop the objects of the archive first", Set<&A::clean>},
    {Group::kContents, kCopy, 'c', "clean", nullptr,
     "first drop in DST what is copied", Set<&A::clean>},
    {Group::kContents, kRestore | kCopy, 0, "if-exists", nullptr,
     "with --clean: objects may be missing", Set<&A::if_exists>},
    {Group::kContents, kRestore, 'C', "create", nullptr,
     "create the database that was dumped, and restore\n"
     "into it; -d names another one to connect to first",
     Set<&A::create>},
    {Group::kContents, kCopy, 'C', "create", nullptr,
     "create the database under the name that it has in\n"
     "SRC; DST names another one to connect to first",
     Set<&A::create>},
    {Group::kContents, kDump, 'O', "no-owner", nullptr,
     "accepted for scripts; takes effect at restore", Set<&A::no_owner>},
    {Group::kContents, kDump, 'c', "clean", nullptr,
     "accepted for scripts; takes effect at restore", Set<&A::clean>},
    {Group::kContents, kDump, 0, "if-exists", nullptr,
     "accepted for scripts; takes effect at restore", Set<&A::if_exists>},
    {Group::kContents, kDump, 'C', "create", nullptr,
     "accepted for scripts; takes effect at restore", Set<&A::create>},

    {Group::kConnection, kDump | kRestore | kBench, 'd', "dbname", "NAME",
     "database: a name, a URI, or keywords as\n\"host=db1 dbname=shop\"",
     Connect<&C::dbname>},
    {Group::kConnection, kDump | kRestore | kBench, 'h', "host", "HOST",
     "host name, or folder of the socket", Connect<&C::host>},
    {Group::kConnection, kDump | kRestore | kBench, 'p', "port", "PORT", "port",
     Connect<&C::port>},
    {Group::kConnection, kDump | kRestore | kBench, 'U', "username", "NAME",
     "role to log in as", Connect<&C::user>},
    {Group::kConnection, kDump | kRestore | kBench, 'w', "no-password", nullptr,
     "never ask for a password", Set<&A::never_ask_password>},
    {Group::kConnection, kDump | kRestore | kBench, 'W', "password", nullptr,
     "ask for a password", Set<&A::ask_password>},
    {Group::kConnection, kDump | kRestore | kCopy, 0, "allow-newer-server",
     nullptr, "try a server that is newer than this pgbale knows",
     Set<&A::allow_newer_server>},
    {Group::kConnection, kCopy, 0, "role", "NAME",
     "SET ROLE to this in the target", Text<&A::role>},
    {Group::kConnection, kDump | kRestore, 0, "role", "NAME",
     "SET ROLE to this after logging in", Text<&A::role>},

    // What other commands have, and this one has not.
    {Group::kConnection, kCopy, 'd', "dbname", "NAME", nullptr, NotOfOneServer},
    {Group::kConnection, kCopy, 'h', "host", "HOST", nullptr, NotOfOneServer},
    {Group::kConnection, kCopy, 'p', "port", "PORT", nullptr, NotOfOneServer},
    {Group::kConnection, kCopy, 'U', "username", "NAME", nullptr,
     NotOfOneServer},
    {Group::kConnection, kCopy, 'W', "password", nullptr, nullptr,
     NotOfOneServer},
    {Group::kGeneral, kCopy, 0, "resume", nullptr, nullptr, NoJournal},
    {Group::kGeneral, kCopy, 0, "journal", "FILE", nullptr, NoJournal},
    {Group::kGeneral, kCopy, 0, "snapshot", "NAME", nullptr, ByDump},
    {Group::kGeneral, kCopy, 0, "max-blocked-seconds", "NUM", nullptr, ByDump},
    {Group::kGeneral, kCopy, 0, "safety-backup", "FILE", nullptr, ByDump},
    {Group::kContents, kCopy, 0, "table-mode", "MODE", nullptr, ByDump},
    {Group::kContents, kCopy, 0, "rename", "OLD=NEW", nullptr, ByDump},
    {Group::kContents, kCopy, 0, "into", "SCHEMA", nullptr, ByDump},
    {Group::kContents, kCopy, 0, "section", "SECTION", nullptr, ByDump},
    {Group::kContents, kCopy, 'L', "use-list", "FILE", nullptr, ByDump},
    {Group::kContents, kCopy, 0, "globals", nullptr, nullptr, ByDump},
    {Group::kContents, kCopy, 0, "all-databases", nullptr, nullptr, ByDump},
};

}  // namespace

absl::Span<const OptionSpec> AllOptions() { return kOptions; }

}  // namespace pgbale
