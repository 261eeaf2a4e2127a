// Fills the RelationMap: relations first (what may be locked), then, under
// the locks, their columns.

#ifndef PGBALE_CATALOG_RELATION_READER_H_
#define PGBALE_CATALOG_RELATION_READER_H_

#include "absl/status/status.h"
#include "base/pg/connection.h"
#include "catalog/relation.h"

namespace pgbale {

// Adds every relation that users made, by oid, without columns; three
// queries. The connection has the dump's snapshot.
absl::Status ReadRelations(pg::Connection& connection, RelationMap& relations);

// Fills in the columns of all relations in the map; one query.
absl::Status ReadColumns(pg::Connection& connection, RelationMap& relations);

// Fills in `pages` with the true size of tables and their TOAST tables; one
// query. Call it when the tables are locked.
absl::Status ReadSizes(pg::Connection& connection, RelationMap& relations);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_RELATION_READER_H_
