// What pg_depend says.

#ifndef PGBALE_CATALOG_DEPENDENCIES_H_
#define PGBALE_CATALOG_DEPENDENCIES_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/address.h"

namespace pgbale {

// `from` needs `to`. Sub-objects (columns) count as their object.
struct Dependency {
  Address from;
  Address to;
};

// All dependencies between objects that users made; one query.
absl::StatusOr<std::vector<Dependency>> ReadDependencies(
    pg::Connection& connection);

// The members of extensions: object → oid of its extension; one query.
using Membership = absl::flat_hash_map<Address, Oid>;
absl::StatusOr<Membership> ReadMembership(pg::Connection& connection);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_DEPENDENCIES_H_
