#include "catalog/dangling.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/origins.h"

namespace pgbale {
namespace {

const CensusCatalog* FindCatalog(const Census& census, Oid catalog) {
  for (const CensusCatalog& candidate : census.catalogs)
    if (candidate.catalog == catalog) return &candidate;
  return nullptr;
}

std::string CatalogName(const Census& census, Oid catalog) {
  if (catalog == catalog_oid::kAuthId) return "pg_authid";
  const CensusCatalog* found = FindCatalog(census, catalog);
  return found == nullptr ? absl::StrCat("catalog ", catalog) : found->name;
}

// The dependencies on what does not exist. `is_known` spares the server the
// question.
absl::StatusOr<std::vector<Dependency>> FindDangling(
    pg::Connection& connection, const Census& census,
    const std::vector<Dependency>& dependencies,
    const std::function<bool(const Address&)>& is_known) {
  std::map<Oid, std::set<Oid>> unknown;
  for (const Dependency& dependency : dependencies) {
    if (!is_known(dependency.to))
      unknown[dependency.to.catalog].insert(dependency.to.oid);
  }
  absl::flat_hash_set<Address> absent;
  for (const auto& [oid, oids] : unknown) {
    ASSIGN_OR_RETURN(std::vector<Oid> found,
                     FindAbsent(connection, census, oid, oids));
    for (Oid object : found) absent.insert({oid, object});
  }
  std::vector<Dependency> dangling;
  for (const Dependency& dependency : dependencies)
    if (absent.contains(dependency.to)) dangling.push_back(dependency);
  return dangling;
}

std::string Label(const Object& object) {
  return absl::StrCat(
      absl::AsciiStrToLower(object.tag.empty() ? KindOf(object.kind).tag
                                               : object.tag),
      " ", Quoted(object.schema, object.name));
}

std::string Reference(const Census& census, const Address& to) {
  return absl::StrCat(" refers to oid ", to.oid, " of ",
                      CatalogName(census, to.catalog),
                      ", which does not exist");
}

// What pg_get_userbyid() says of a role that is gone.
constexpr absl::string_view kUnknownRole = "unknown (OID=";

void WarnOfOwners(Catalog& catalog) {
  for (const auto& object : catalog.objects()) {
    if (!absl::StartsWith(object->owner, kUnknownRole)) continue;
    if (IsWanted(*object)) {
      catalog.Warn(absl::StrCat(
          "the owner of ", Label(*object),
          " does not exist: ", Printable(object->owner),
          "; it will belong to who restores it, unless ALTER … OWNER TO gives "
          "it an owner before the dump"));
    }
    object->owner.clear();
  }
}

using Names = absl::flat_hash_map<Address, std::string>;

// Names of what refers to nothing, catalog by catalog: one that is damaged
// must not hide the others.
Names IdentifyDependents(pg::Connection& connection,
                         const std::vector<Dependency>& dangling) {
  std::map<Oid, std::vector<Address>> by_catalog;
  for (const Dependency& dependency : dangling)
    by_catalog[dependency.from.catalog].push_back(dependency.from);
  Names names;
  for (const auto& [catalog, addresses] : by_catalog) {
    const auto found = IdentifyObjects(connection, addresses);
    if (!found.ok()) continue;
    for (const auto& [oid, name] : *found) {
      names[{catalog, oid}] =
          Printable(absl::StrCat(name.type, " ", name.identity));
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<std::vector<Oid>> FindAbsent(pg::Connection& connection,
                                            const Census& census, Oid catalog,
                                            const std::set<Oid>& oids) {
  std::vector<Oid> absent;
  const CensusCatalog* found = FindCatalog(census, catalog);
  if (found == nullptr) return absent;
  ASSIGN_OR_RETURN(
      pg::Result rows,
      connection.Query(
          absl::StrCat("SELECT u.oid FROM pg_catalog.unnest("
                       "$1::pg_catalog.oid[]) u(oid) WHERE NOT EXISTS "
                       "(SELECT FROM ",
                       found->table, " WHERE ", found->oid, " = u.oid)"),
          {absl::StrCat("{", absl::StrJoin(oids, ","), "}")}));
  for (pg::Row row : rows) absent.push_back(row.oid(0));
  return absent;
}

absl::StatusOr<std::vector<Dependency>> ReadLostRoles(
    pg::Connection& connection) {
  enum { kCatalog, kOid, kRole };
  ASSIGN_OR_RETURN(pg::Result rows,
                   connection.Query(absl::StrCat(
                       "SELECT DISTINCT s.classid, s.objid, s.refobjid "
                       "FROM pg_catalog.pg_shdepend s "
                       "JOIN pg_catalog.pg_database d ON d.oid = s.dbid "
                       "WHERE d.datname = pg_catalog.current_database() "
                       "AND s.deptype <> 'o' AND s.refclassid = ",
                       catalog_oid::kAuthId,
                       " AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r "
                       "WHERE r.oid = s.refobjid)")));
  std::vector<Dependency> lost;
  for (pg::Row row : rows) {
    lost.push_back({{row.oid(kCatalog), row.oid(kOid)},
                    {catalog_oid::kAuthId, row.oid(kRole)}});
  }
  return lost;
}

absl::Status WarnOfDangling(pg::Connection& connection, const Census& census,
                            const std::vector<Dependency>& dependencies,
                            const std::vector<Dependency>& lost_roles,
                            const Membership& membership, Catalog& catalog) {
  const absl::flat_hash_set<Address> covered(catalog.covered().begin(),
                                             catalog.covered().end());
  ASSIGN_OR_RETURN(std::vector<Dependency> dangling,
                   FindDangling(connection, census, dependencies,
                                [&](const Address& address) {
                                  return catalog.Find(address) != nullptr ||
                                         membership.contains(address) ||
                                         covered.contains(address);
                                }));
  dangling.insert(dangling.end(), lost_roles.begin(), lost_roles.end());
  std::set<std::string> warnings;  // an object may need one thing twice
  for (const Dependency& dependency : dangling) {
    const Object* from = catalog.Find(dependency.from);
    if (from == nullptr || !IsWanted(*from)) continue;
    warnings.insert(absl::StrCat(
        Label(*from), Reference(census, dependency.to),
        "; it will not restore as it is: drop it, or repair the catalog"));
  }
  for (const std::string& warning : warnings) catalog.Warn(warning);
  WarnOfOwners(catalog);
  return absl::OkStatus();
}

std::vector<std::string> DescribeDangling(pg::Connection& connection) {
  std::vector<std::string> lines;
  const absl::StatusOr<Census> census = TakeCensus(connection);
  const absl::StatusOr<std::vector<Dependency>> dependencies =
      ReadDependencies(connection);
  if (!census.ok() || !dependencies.ok()) return lines;
  const absl::StatusOr<std::vector<Dependency>> dangling = FindDangling(
      connection, *census, *dependencies, [](const Address&) { return false; });
  if (!dangling.ok()) return lines;
  const Names names = IdentifyDependents(connection, *dangling);
  for (const Dependency& dependency : *dangling) {
    const auto it = names.find(dependency.from);
    lines.push_back(absl::StrCat(
        it != names.end()
            ? it->second
            : absl::StrCat("oid ", dependency.from.oid, " of ",
                           CatalogName(*census, dependency.from.catalog)),
        Reference(*census, dependency.to)));
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

}  // namespace pgbale
