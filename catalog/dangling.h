// References of the catalogs that lead nowhere: somebody has changed a catalog
// by hand, or the server has lost a row. What refers there cannot be restored
// as it was, and must be named.

#ifndef PGBALE_CATALOG_DANGLING_H_
#define PGBALE_CATALOG_DANGLING_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/catalog.h"
#include "catalog/census.h"
#include "catalog/dependencies.h"

namespace pgbale {

// Those of `oids` for which `catalog` has no row; none of a catalog that the
// census does not know. One query.
absl::StatusOr<std::vector<Oid>> FindAbsent(pg::Connection& connection,
                                            const Census& census, Oid catalog,
                                            const std::set<Oid>& oids);

// Dependencies of objects of this database on roles that do not exist, save
// for owners; one query.
absl::StatusOr<std::vector<Dependency>> ReadLostRoles(
    pg::Connection& connection);

// Warns, in `catalog`, of each selected object that needs what does not exist:
// one of `dependencies` or `lost_roles`, or its owner. Gives those without
// owner none, so that they belong to who restores. One query for each catalog
// that holds references which no object of ours answers; mostly none.
// `connection` must see the snapshot of all the rest.
absl::Status WarnOfDangling(pg::Connection& connection, const Census& census,
                            const std::vector<Dependency>& dependencies,
                            const std::vector<Dependency>& lost_roles,
                            const Membership& membership, Catalog& catalog);

// The same of a whole database that cannot be read for an error of the server
// ("cache lookup failed"): one line each, named as well as can be. Empty if
// pg_depend knows of none, or cannot be read either.
std::vector<std::string> DescribeDangling(pg::Connection& connection);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_DANGLING_H_
