#include "catalog/dependencies.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale {

absl::StatusOr<std::vector<Dependency>> ReadDependencies(
    pg::Connection& connection) {
  enum { kCatalog, kOid, kReferencedCatalog, kReferencedOid };
  // Members of an extension are found by their membership, not here. What is
  // below the first user oid stands in every database. DISTINCT would cost the
  // server more than a dependency that stands twice costs here.
  ASSIGN_OR_RETURN(pg::Result result,
                   connection.Query(absl::StrCat(
                       "SELECT classid, objid, refclassid, refobjid "
                       "FROM pg_catalog.pg_depend "
                       "WHERE deptype NOT IN ('p', 'e') AND objid >= ",
                       kFirstUserOid, " AND refobjid >= ", kFirstUserOid)));
  std::vector<Dependency> dependencies;
  dependencies.reserve(static_cast<size_t>(result.rows()));
  for (pg::Row row : result) {
    dependencies.push_back(
        {{row.oid(kCatalog), row.oid(kOid)},
         {row.oid(kReferencedCatalog), row.oid(kReferencedOid)}});
  }
  return dependencies;
}

absl::StatusOr<Membership> ReadMembership(pg::Connection& connection) {
  enum { kCatalog, kOid, kExtension };
  ASSIGN_OR_RETURN(
      pg::Result result,
      connection.Query(absl::StrCat(
          "SELECT classid, objid, refobjid FROM pg_catalog.pg_depend "
          "WHERE deptype = 'e' AND refclassid = ",
          catalog_oid::kExtension)));
  Membership membership;
  for (pg::Row row : result) {
    membership[{row.oid(kCatalog), row.oid(kOid)}] = row.oid(kExtension);
  }
  return membership;
}

}  // namespace pgbale
