#include "restore/target_objects.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "base/text.h"
#include "restore/label.h"
#include "restore/name_array.h"

namespace pgbale {
namespace {

using QualifiedNames = std::set<std::pair<std::string, std::string>>;

bool IsDefinition(const Entry& entry) {
  return entry.section == Section::kPreData &&
         entry.aspect == Aspect::kDefinition && !entry.create.empty();
}

bool IsType(const Entry& entry) {
  for (const std::string& target : entry.owner_targets)
    if (absl::StartsWith(target, "TYPE ") ||
        absl::StartsWith(target, "DOMAIN "))
      return true;
  return false;
}

// Those of `entries` whose names the query gives back; $1 are schemas, $2
// names.
absl::StatusOr<std::vector<const Entry*>> Standing(
    pg::Connection& connection, const std::vector<const Entry*>& entries,
    absl::string_view sql) {
  std::vector<const Entry*> standing;
  if (entries.empty()) return standing;
  std::vector<std::string> schemas, names;
  for (const Entry* entry : entries) {
    schemas.push_back(entry->schema);
    names.push_back(entry->name);
  }
  enum { kSchema, kName };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query(sql, {NameArray(schemas), NameArray(names)}));
  QualifiedNames found;
  for (const pg::Row row : result)
    found.emplace(row.str(kSchema), row.str(kName));
  for (const Entry* entry : entries)
    if (found.contains({entry->schema, entry->name})) standing.push_back(entry);
  return standing;
}

constexpr absl::string_view kRelations =
    "SELECT n.nspname, c.relname FROM ROWS FROM ("
    "pg_catalog.unnest($1::pg_catalog.text[]),"
    " pg_catalog.unnest($2::pg_catalog.text[])) AS w(schema, name)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema"
    " JOIN pg_catalog.pg_class c"
    " ON c.relnamespace = n.oid AND c.relname = w.name";
constexpr absl::string_view kTypes =
    "SELECT n.nspname, t.typname FROM ROWS FROM ("
    "pg_catalog.unnest($1::pg_catalog.text[]),"
    " pg_catalog.unnest($2::pg_catalog.text[])) AS w(schema, name)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema"
    " JOIN pg_catalog.pg_type t"
    " ON t.typnamespace = n.oid AND t.typname = w.name";

// What is only needed may stand, and --clean drops the rest.
absl::Status CheckInTheWay(pg::Connection& connection,
                           const Selection& selection,
                           const RestoreOptions& options, Findings& found) {
  if (!options.pre_data || options.clean) return absl::OkStatus();
  std::vector<const Entry*> relations, types;
  for (const Entry* entry : selection.entries) {
    if (!IsDefinition(*entry) || selection.needed.contains(entry->id)) continue;
    if (entry->is_relation) relations.push_back(entry);
    if (IsType(*entry)) types.push_back(entry);
  }
  ASSIGN_OR_RETURN(std::vector<const Entry*> standing,
                   Standing(connection, relations, kRelations));
  ASSIGN_OR_RETURN(const std::vector<const Entry*> standing_types,
                   Standing(connection, types, kTypes));
  standing.insert(standing.end(), standing_types.begin(), standing_types.end());
  for (const Entry* entry : standing)
    found.Lack(
        absl::StrCat(EntryLabel(*entry), " stands in the target already"),
        "Use --clean to drop first what stands, or restore into another "
        "database.");
  return absl::OkStatus();
}

// A group of large objects is one entry: they are known by whom gets an owner.
std::vector<std::string> LargeObjectsOf(const Selection& selection) {
  std::vector<std::string> oids;
  for (const Entry* entry : selection.entries) {
    if (entry->section != Section::kData) continue;
    for (absl::string_view target : entry->owner_targets) {
      uint32_t oid = 0;
      if (absl::ConsumePrefix(&target, "LARGE OBJECT ") &&
          absl::SimpleAtoi(target, &oid))
        oids.push_back(absl::StrCat(oid));
    }
  }
  return oids;
}

absl::Status CheckLargeObjects(pg::Connection& connection,
                               const Selection& selection,
                               const RestoreOptions& options, Findings& found) {
  if (options.clean) return absl::OkStatus();
  const std::vector<std::string> oids = LargeObjectsOf(selection);
  if (oids.empty()) return absl::OkStatus();
  enum { kCount, kFirst };
  ASSIGN_OR_RETURN(
      const pg::Result result,
      connection.Query("SELECT pg_catalog.count(*), pg_catalog.min(oid)"
                       " FROM pg_catalog.pg_largeobject_metadata"
                       " WHERE oid = ANY ($1::pg_catalog.oid[])",
                       {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
  const auto count = static_cast<uint64_t>(result.row(0).integer(kCount));
  if (count == 0) return absl::OkStatus();
  found.Lack(
      absl::StrCat(count == 1 ? "large object " : "large objects, the first ",
                   result.row(0).text(kFirst),
                   count == 1
                       ? " stands"
                       : absl::StrCat(" of ", HumanCount(count), ", stand"),
                   " in the target already"),
      "Use --clean to drop first what stands, or restore into another "
      "database.");
  return absl::OkStatus();
}

// Tables that get rows and are not made.
absl::Status CheckTables(pg::Connection& connection, const Selection& selection,
                         Findings& found) {
  absl::flat_hash_set<std::pair<std::string, std::string>> made;
  for (const Entry* entry : selection.entries)
    if (entry->is_relation) made.emplace(entry->schema, entry->name);
  std::vector<Entry> named;  // by what COPY would write to
  for (const Entry* entry : selection.entries) {
    if (!entry->data.has_value() ||
        entry->data->target != DataTarget::kRelation ||
        // Made by the restore for an upsert.
        entry->data->schema == "pg_temp" ||
        made.contains({entry->data->schema, entry->data->relation}))
      continue;
    Entry& name = named.emplace_back();
    name.kind = "TABLE";
    name.schema = entry->data->schema;
    name.name = entry->data->relation;
  }
  std::vector<const Entry*> wanted;
  wanted.reserve(named.size());
  for (const Entry& entry : named) wanted.push_back(&entry);
  ASSIGN_OR_RETURN(const std::vector<const Entry*> standing,
                   Standing(connection, wanted, kRelations));
  const absl::flat_hash_set<const Entry*> there(standing.begin(),
                                                standing.end());
  for (const Entry* entry : wanted)
    if (!there.contains(entry))
      found.Lack(absl::StrCat(EntryLabel(*entry), " does not exist"),
                 "Rows alone go into tables that stand: restore the "
                 "definitions first.");
  return absl::OkStatus();
}

// Of what is made. A schema is an entry in no schema with an owner or none.
absl::Status CheckSchemas(pg::Connection& connection,
                          const Selection& selection, Findings& found) {
  std::set<std::string> schemas;
  for (const Entry* entry : selection.entries)
    if (IsDefinition(*entry) && entry->parent == 0 && !entry->schema.empty())
      schemas.insert(entry->schema);
  for (const Entry* entry : selection.entries)
    if (IsDefinition(*entry) && entry->schema.empty())
      schemas.erase(entry->name);
  if (schemas.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const pg::Result missing,
      connection.Query(
          "SELECT s FROM pg_catalog.unnest($1::pg_catalog.text[]) s"
          " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace"
          " WHERE nspname = s)",
          {NameArray(schemas)}));
  for (const pg::Row row : missing)
    found.Lack(absl::StrCat("schema ", Quoted(row.text(0)), " does not exist"),
               "Create the schema, or restore it too.");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::set<std::pair<std::string, std::string>>> StandingRelations(
    pg::Connection& connection, const std::vector<const Entry*>& entries) {
  QualifiedNames names;
  ASSIGN_OR_RETURN(const std::vector<const Entry*> standing,
                   Standing(connection, entries, kRelations));
  for (const Entry* entry : standing) names.emplace(entry->schema, entry->name);
  return names;
}

absl::Status CheckObjects(pg::Connection& connection,
                          const Selection& selection,
                          const RestoreOptions& options, Findings& found) {
  RETURN_IF_ERROR(CheckInTheWay(connection, selection, options, found));
  RETURN_IF_ERROR(CheckLargeObjects(connection, selection, options, found));
  RETURN_IF_ERROR(CheckTables(connection, selection, found));
  return CheckSchemas(connection, selection, found);
}

}  // namespace pgbale
