#include "restore/preflight.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/version.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/name_array.h"
#include "restore/role_changes.h"
#include "restore/target_objects.h"
#include "restore/target_rights.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

using Names = std::set<std::string>;

// What a new database does not hold: objects that belong neither to the
// system nor to an extension. One of them, and their number.
constexpr absl::string_view kUserObjects =
    "WITH member AS (SELECT classid, objid FROM pg_catalog.pg_depend"
    " WHERE deptype = 'e'), object AS ("
    "SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, c.oid,"
    " c.relnamespace AS schema, c.relname AS name FROM pg_catalog.pg_class c"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') "
    "UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid,"
    " p.pronamespace, p.proname FROM pg_catalog.pg_proc p "
    "UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid,"
    " t.typnamespace, t.typname FROM pg_catalog.pg_type t"
    " WHERE t.typtype IN ('d', 'e', 'r')) "
    "SELECT pg_catalog.count(*), pg_catalog.min(n.nspname || '.' || o.name)"
    " FROM object o JOIN pg_catalog.pg_namespace n ON n.oid = o.schema"
    " WHERE o.oid >= 16384 AND n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema' AND NOT EXISTS ("
    "SELECT FROM member m WHERE m.classid = o.class AND m.objid = o.oid)";

// An archive of rows alone goes where its tables stand already.
bool CreatesObjects(const Selection& selection) {
  return std::any_of(selection.entries.begin(), selection.entries.end(),
                     [](const Entry* entry) {
                       return entry->section == Section::kPreData &&
                              entry->aspect == Aspect::kDefinition;
                     });
}

class Checker {
 public:
  Checker(pg::Connection& connection, const ArchiveInfo& info,
          const Selection& selection, const RestoreOptions& options)
      : connection_(connection),
        info_(info),
        selection_(selection),
        options_(options) {
    found_.tolerant = !options.exit_on_error && !options.single_transaction;
  }

  absl::StatusOr<Findings> Run();

 private:
  absl::Status CheckVersion();
  void CheckNeeds();
  absl::Status CheckEncoding();
  absl::Status CheckCollation();
  absl::Status CheckEmpty();
  absl::Status CheckNoDatabase();
  absl::Status CheckRoles();
  absl::Status CheckTablespaces();
  absl::Status CheckExtensions();
  absl::Status CheckExtensionVersions(const Names& names);
  // Takes out of `names` what this restore makes.
  void RemoveMade(Aspect aspect, Names& names) const;
  // Adds what of `names` the query, whose $1 is text[], gives back.
  absl::Status CheckNames(absl::string_view what, absl::string_view sql,
                          const Names& names, absl::string_view hint);

  pg::Connection& connection_;
  const ArchiveInfo& info_;
  const Selection& selection_;
  const RestoreOptions& options_;
  Findings found_;
};

absl::StatusOr<Findings> Checker::Run() {
  // Names are looked up as the archive spells them. Where that cannot be,
  // CheckEncoding says so.
  connection_
      .Execute("SELECT pg_catalog.set_config('client_encoding', $1, false)",
               {info_.encoding})
      .IgnoreError();
  RETURN_IF_ERROR(CheckVersion());
  CheckNeeds();
  if (options_.create) {
    RETURN_IF_ERROR(CheckNoDatabase());
  } else {
    RETURN_IF_ERROR(CheckEncoding());
    RETURN_IF_ERROR(CheckEmpty());
    RETURN_IF_ERROR(CheckCollation());
    RETURN_IF_ERROR(CheckObjects(connection_, selection_, options_, found_));
  }
  RETURN_IF_ERROR(CheckRoles());
  RETURN_IF_ERROR(CheckTablespaces());
  RETURN_IF_ERROR(CheckExtensions());
  RETURN_IF_ERROR(
      CheckRights(connection_, info_, selection_, options_, found_));
  return std::move(found_);
}

absl::Status Checker::CheckVersion() {
  ASSIGN_OR_RETURN(const std::string untested,
                   pg::CheckServerVersion(connection_.server_version(),
                                          options_.allow_newer_server));
  if (!untested.empty()) spdlog::warn("{}", untested);
  const uint32_t source = info_.server_version / 10000;
  const auto target = static_cast<uint32_t>(connection_.server_major());
  if (source > target)
    found_.warnings.push_back(absl::StrCat("the archive comes from PostgreSQL ",
                                           source, ", the target is ", target,
                                           ": what is new since may fail"));
  return absl::OkStatus();
}

// By object: what the target's version has no words for.
void Checker::CheckNeeds() {
  const auto target = static_cast<uint32_t>(connection_.server_major());
  for (const Entry* entry : selection_.entries) {
    const ServerNeed& need = entry->need;
    if (need.major <= target) continue;
    found_.Lack(
        absl::StrCat(EntryLabel(*entry), " needs PostgreSQL ", need.major,
                     need.feature.empty()
                         ? ""
                         : absl::StrCat(" (", Printable(need.feature), ")"),
                     ", the target is ", target),
        "Restore into a newer server, or leave out with --on-error=continue "
        "what this one does not know.");
  }
}

absl::Status Checker::CheckEncoding() {
  const std::string target = connection_.ParameterStatus("server_encoding");
  if (target == info_.encoding) return absl::OkStatus();
  const std::string change =
      absl::StrCat("the archive's encoding is ", Printable(info_.encoding),
                   ", the database's is ", target);
  if (target == "SQL_ASCII" || info_.encoding == "SQL_ASCII") {
    found_.warnings.push_back(absl::StrCat(change, ": no text is converted"));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      const pg::Result conversion,
      connection_.Query(
          "SELECT FROM pg_catalog.pg_conversion WHERE condefault"
          " AND conforencoding = pg_catalog.pg_char_to_encoding($1)"
          " AND contoencoding = pg_catalog.pg_char_to_encoding($2)",
          {info_.encoding, target}));
  if (conversion.rows() == 0)
    found_.Block(absl::StrCat(change, ", and there is no conversion"),
                 "Use a database in the archive's encoding, or --create.");
  return absl::OkStatus();
}

// Text sorts otherwise under another collation, or another version of it.
absl::Status Checker::CheckCollation() {
  if (info_.collation.empty()) return absl::OkStatus();
  enum { kName, kVersion };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query(
          connection_.server_major() >= 15
              ? "SELECT datcollate,"
                " pg_catalog.pg_database_collation_actual_version(oid)"
                " FROM pg_catalog.pg_database"
                " WHERE datname = pg_catalog.current_database()"
              : "SELECT datcollate, ''::pg_catalog.text"
                " FROM pg_catalog.pg_database"
                " WHERE datname = pg_catalog.current_database()"));
  const pg::Row row = result.row(0);
  if (row.text(kName) != info_.collation) {
    found_.warnings.push_back(
        absl::StrCat("the archive's collation is ", Quoted(info_.collation),
                     ", the database's is ", Quoted(row.text(kName)),
                     ": texts sort otherwise"));
  } else if (!row.text(kVersion).empty() && !info_.collation_version.empty() &&
             row.text(kVersion) != info_.collation_version) {
    found_.warnings.push_back(absl::StrCat(
        "collation ", Quoted(info_.collation), " had version ",
        Printable(info_.collation_version), ", here it has ",
        Printable(row.text(kVersion)), ": texts may sort otherwise"));
  }
  return absl::OkStatus();
}

absl::Status Checker::CheckEmpty() {
  // A part goes into a database that holds the rest, as do rows alone.
  if (!options_.pre_data || options_.clean || options_.allow_non_empty ||
      selection_.partial || !CreatesObjects(selection_))
    return absl::OkStatus();
  enum { kCount, kExample };
  ASSIGN_OR_RETURN(const pg::Result objects, connection_.Query(kUserObjects));
  const pg::Row row = objects.row(0);
  if (row.integer(kCount) == 0) return absl::OkStatus();
  found_.Block(
      absl::StrCat("the database is not empty: it holds ",
                   HumanCount(static_cast<uint64_t>(row.integer(kCount))),
                   " objects, among them ", Quoted(row.text(kExample))),
      "Restore into another database, or use --clean to drop first what "
      "the archive holds.");
  return absl::OkStatus();
}

absl::Status Checker::CheckNoDatabase() {
  if (options_.clean) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const pg::Result found,
      connection_.Query("SELECT FROM pg_catalog.pg_database WHERE datname = $1",
                        {info_.database}));
  if (found.rows() > 0)
    found_.Block(absl::StrCat("database ", Quoted(info_.database), " exists"),
                 "Use --clean to drop it first, or restore without --create.");
  return absl::OkStatus();
}

absl::Status Checker::CheckNames(absl::string_view what, absl::string_view sql,
                                 const Names& names, absl::string_view hint) {
  if (names.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pg::Result missing,
                   connection_.Query(sql, {NameArray(names)}));
  for (const pg::Row row : missing)
    found_.Lack(absl::StrCat(what, " ", Quoted(row.text(0)), " does not exist"),
                hint);
  return absl::OkStatus();
}

void Checker::RemoveMade(Aspect aspect, Names& names) const {
  for (const Entry* entry : selection_.entries)
    if (entry->aspect == aspect) names.erase(entry->name);
}

absl::Status Checker::CheckRoles() {
  Names roles = RolesNamedBy(selection_, options_.owner);
  RemoveMade(Aspect::kGlobal, roles);
  return CheckNames(
      "role",
      "SELECT r FROM pg_catalog.unnest($1::pg_catalog.text[]) r"
      " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles"
      " WHERE rolname = r)",
      roles,
      "Create the roles, or use --map-role, --skip-missing-roles, or "
      "--no-owner and --no-privileges.");
}

absl::Status Checker::CheckTablespaces() {
  if (!options_.tablespaces) return absl::OkStatus();
  Names tablespaces;
  for (const Entry* entry : selection_.entries)
    if (!entry->tablespace.empty()) tablespaces.insert(entry->tablespace);
  RemoveMade(Aspect::kTablespace, tablespaces);
  return CheckNames("tablespace",
                    "SELECT s FROM pg_catalog.unnest($1::pg_catalog.text[]) s"
                    " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_tablespace"
                    " WHERE spcname = s)",
                    tablespaces,
                    "Create the tablespaces, or use --no-tablespaces.");
}

absl::Status Checker::CheckExtensions() {
  Names known;
  for (const auto& [name, version] : info_.extensions) known.insert(name);
  Names extensions;
  for (const Entry* entry : selection_.entries)
    if (entry->section == Section::kPreData && entry->schema.empty() &&
        entry->parent == 0 && !entry->create.empty() &&
        known.contains(entry->name))
      extensions.insert(entry->name);
  RETURN_IF_ERROR(CheckNames(
      "extension",
      "SELECT e FROM pg_catalog.unnest($1::pg_catalog.text[]) e"
      " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions"
      " WHERE name = e)",
      extensions, "Install the extensions' files on the target's server."));
  return CheckExtensionVersions(extensions);
}

// CREATE EXTENSION makes what is the default here; one that stands stays.
absl::Status Checker::CheckExtensionVersions(const Names& names) {
  if (names.empty()) return absl::OkStatus();
  enum { kName, kVersion };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query(
          "SELECT name, COALESCE(installed_version, default_version)"
          " FROM pg_catalog.pg_available_extensions"
          " WHERE name = ANY ($1::pg_catalog.text[]) ORDER BY 1",
          {NameArray(names)}));
  for (const pg::Row row : result)
    for (const auto& [name, version] : info_.extensions)
      if (row.text(kName) == name && row.text(kVersion) != version)
        found_.warnings.push_back(absl::StrCat(
            "extension ", Quoted(name), " had version ", Printable(version),
            ", here it gets ", Printable(row.text(kVersion))));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Findings> CheckTarget(pg::Connection& connection,
                                     const ArchiveInfo& info,
                                     const Selection& selection,
                                     const RestoreOptions& options) {
  return Checker(connection, info, selection, options).Run();
}

}  // namespace pgbale
