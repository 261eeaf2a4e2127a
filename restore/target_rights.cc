#include "restore/target_rights.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/name_array.h"

namespace pgbale {
namespace {

using Names = std::set<std::string>;

constexpr absl::string_view kRightsHint =
    "Restore as a superuser or as an owner, or have the rights granted.";

class RightsChecker {
 public:
  RightsChecker(pg::Connection& connection, const ArchiveInfo& info,
                const Selection& selection, const RestoreOptions& options,
                Findings& found)
      : connection_(connection),
        info_(info),
        selection_(selection),
        options_(options),
        found_(found) {}

  absl::Status Run();

 private:
  // Finds out who restores; false if that is settled (superuser, or nobody).
  absl::StatusOr<bool> FindRole();
  absl::Status CheckCreateDatabase();
  absl::Status CheckDatabase();
  absl::Status CheckSchemas();
  absl::Status CheckOwners();
  absl::Status CheckInsert();

  // "MEMBER" may not be enough from 16 on.
  absl::string_view membership() const {
    return connection_.server_major() >= 16 ? "SET" : "MEMBER";
  }
  static bool IsDefinition(const Entry& entry) {
    return entry.section == Section::kPreData &&
           entry.aspect == Aspect::kDefinition && !entry.create.empty();
  }
  // What makes a schema or an extension, as far as can be told.
  bool MakesInDatabase(const Entry& entry) const;

  pg::Connection& connection_;
  const ArchiveInfo& info_;
  const Selection& selection_;
  const RestoreOptions& options_;
  Findings& found_;
  std::string role_;
};

absl::Status RightsChecker::Run() {
  ASSIGN_OR_RETURN(const bool open, FindRole());
  if (!open) return absl::OkStatus();
  if (options_.owner) RETURN_IF_ERROR(CheckOwners());
  if (options_.create) return CheckCreateDatabase();
  RETURN_IF_ERROR(CheckDatabase());
  RETURN_IF_ERROR(CheckSchemas());
  return CheckInsert();
}

absl::StatusOr<bool> RightsChecker::FindRole() {
  enum { kName, kSuper, kMaySet };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query("SELECT r.rolname, r.rolsuper,"
                        " pg_catalog.pg_has_role(r.oid, $2)"
                        " FROM pg_catalog.pg_roles r"
                        " WHERE r.rolname = CASE WHEN $1 = '' THEN current_user"
                        " ELSE $1::pg_catalog.text END",
                        {options_.role, std::string(membership())}));
  if (result.rows() == 0) {
    found_.Block(absl::StrCat("role ", Quoted(options_.role),
                              " of --role does not exist"),
                 "Create the role, or restore without --role.");
    return false;
  }
  const pg::Row row = result.row(0);
  role_ = row.str(kName);
  if (!row.boolean(kMaySet)) {
    found_.Block(absl::StrCat("SET ROLE ", Quoted(role_), " is not allowed"),
                 "Log in as a member of that role, or restore without --role.");
    return false;
  }
  return !row.boolean(kSuper);
}

absl::Status RightsChecker::CheckCreateDatabase() {
  ASSIGN_OR_RETURN(const pg::Result result,
                   connection_.Query("SELECT FROM pg_catalog.pg_roles"
                                     " WHERE rolname = $1 AND rolcreatedb",
                                     {role_}));
  if (result.rows() == 0)
    found_.Block(
        absl::StrCat("role ", Quoted(role_), " may not create databases"),
        kRightsHint);
  return absl::OkStatus();
}

bool RightsChecker::MakesInDatabase(const Entry& entry) const {
  if (!IsDefinition(entry) || selection_.needed.contains(entry.id))
    return false;
  for (const std::string& target : entry.owner_targets)
    if (absl::StartsWith(target, "SCHEMA ")) return true;
  for (const auto& [name, version] : info_.extensions)
    if (entry.schema.empty() && entry.parent == 0 && entry.name == name)
      return true;
  return false;
}

absl::Status RightsChecker::CheckDatabase() {
  bool makes = false;
  for (const Entry* entry : selection_.entries)
    makes = makes || MakesInDatabase(*entry);
  if (!makes) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query("SELECT pg_catalog.has_database_privilege($1,"
                        " pg_catalog.current_database(), 'CREATE')",
                        {role_}));
  if (!result.row(0).boolean(0))
    found_.Lack(absl::StrCat("role ", Quoted(role_),
                             " may not create schemas in the database"),
                kRightsHint);
  return absl::OkStatus();
}

absl::Status RightsChecker::CheckSchemas() {
  Names schemas;
  for (const Entry* entry : selection_.entries)
    if (IsDefinition(*entry) && entry->parent == 0 &&
        !selection_.needed.contains(entry->id))
      schemas.insert(entry->schema);
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query(
          "SELECT n.nspname FROM pg_catalog.pg_namespace n"
          " WHERE n.nspname = ANY ($1::pg_catalog.text[])"
          " AND NOT pg_catalog.has_schema_privilege($2, n.oid, 'CREATE')"
          " ORDER BY 1",
          {NameArray(schemas), role_}));
  for (const pg::Row row : result)
    found_.Lack(
        absl::StrCat("role ", Quoted(role_),
                     " may not create objects in schema ", Quoted(row.text(0))),
        kRightsHint);
  return absl::OkStatus();
}

absl::Status RightsChecker::CheckOwners() {
  Names owners;
  for (const Entry* entry : selection_.entries)
    if (!entry->owner_targets.empty()) owners.insert(entry->owner);
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query(
          "SELECT rolname FROM pg_catalog.pg_roles"
          " WHERE rolname = ANY ($1::pg_catalog.text[])"
          " AND NOT pg_catalog.pg_has_role($2, oid, $3) ORDER BY 1",
          {NameArray(owners), role_, std::string(membership())}));
  for (const pg::Row row : result)
    found_.Lack(absl::StrCat("role ", Quoted(role_), " may not make role ",
                             Quoted(row.text(0)), " an owner"),
                "Restore as a superuser or a member of the owners, or use "
                "--no-owner.");
  return absl::OkStatus();
}

absl::Status RightsChecker::CheckInsert() {
  if (options_.pre_data) return absl::OkStatus();
  std::vector<std::string> schemas, tables;
  for (const Entry* entry : selection_.entries) {
    if (!entry->data.has_value() ||
        entry->data->target != DataTarget::kRelation)
      continue;
    schemas.push_back(entry->data->schema);
    tables.push_back(entry->data->relation);
  }
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection_.Query(
          "SELECT n.nspname, c.relname FROM ROWS FROM ("
          "pg_catalog.unnest($1::pg_catalog.text[]),"
          " pg_catalog.unnest($2::pg_catalog.text[])) AS w(schema, name)"
          " JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema"
          " JOIN pg_catalog.pg_class c"
          " ON c.relnamespace = n.oid AND c.relname = w.name"
          " WHERE NOT pg_catalog.has_table_privilege($3, c.oid, 'INSERT')"
          " ORDER BY 1, 2",
          {NameArray(schemas), NameArray(tables), role_}));
  for (const pg::Row row : result)
    found_.Lack(
        absl::StrCat("role ", Quoted(role_), " may not insert into table ",
                     Quoted(row.text(0), row.text(1))),
        kRightsHint);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRights(pg::Connection& connection, const ArchiveInfo& info,
                         const Selection& selection,
                         const RestoreOptions& options, Findings& found) {
  return RightsChecker(connection, info, selection, options, found).Run();
}

}  // namespace pgbale
