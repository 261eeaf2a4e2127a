// May the role read what it wants to dump? All that it may not read is found
// before any row is read.
//
// Rows need privileges, definitions do not: the catalogs are open to all. But a
// table cannot be locked without the privilege to read it.

#ifndef PGBALE_CATALOG_ACCESS_H_
#define PGBALE_CATALOG_ACCESS_H_

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/address.h"
#include "catalog/options.h"
#include "catalog/relation.h"
#include "catalog/selection.h"

namespace pgbale {

// The tables that the connection's role cannot lock: all of those that are
// selected without their rows. Two queries at most; none for a superuser.
// Error: one line for each table, sequence or large object whose contents are
// selected and cannot be read as a whole, with advice.
absl::StatusOr<absl::flat_hash_set<Oid>> CheckAccess(
    pg::Connection& connection, const RelationMap& relations,
    const ObjectSelection& selection, const CatalogOptions& options);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ACCESS_H_
