// What users have made, by the server's own account: the rows of every catalog
// that has an oid column, whether a kind of ours reads it or not. So a catalog
// that a newer server brings is counted too.
//
// Left out: what stands in every database (oids below the first user oid), in
// schemas of the system (TOAST, temporary ones, information_schema), and rows
// that are parts of another object by their catalog's own rule: labels of an
// enum, constructors of a range type, copies of triggers, ….
//
// Thread-compatible.

#ifndef PGBALE_CATALOG_CENSUS_H_
#define PGBALE_CATALOG_CENSUS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/pg/connection.h"
#include "catalog/address.h"

namespace pgbale {

// Number and hash of a set of oids. Equal sets have equal tallies, and sets
// that differ, unless by a chance of about one in 2^31, have not.
struct Tally {
  int64_t count = 0;
  int64_t hash = 0;

  void Add(Oid oid);
  bool operator==(const Tally&) const = default;
};

struct CensusCatalog {
  Oid catalog = 0;   // as addresses have it
  std::string name;  // "pg_proc"
  // SQL: "pg_catalog.pg_proc x", the condition of what counts, and the
  // expressions for oid, schema's oid and name; the last two may be "NULL".
  std::string table, condition, oid, schema, object_name;
  Tally tally;
};

struct Census {
  std::vector<CensusCatalog> catalogs;
  // Catalogs that the role may not read: "pg_secret".
  std::vector<std::string> unreadable;

  bool Has(Oid catalog) const;
};

// Counts; two queries whatever the number of objects.
absl::StatusOr<Census> TakeCensus(pg::Connection& connection);

struct CensusObject {
  Address address;
  const CensusCatalog* catalog = nullptr;  // an element of the census
  std::string schema;  // raw; "" if it has none or the schema is gone
  std::string name;    // raw; "" if its catalog gives it none
  // It refers to a schema that does not exist.
  bool schema_missing = false;
};

// The objects in `catalogs`, which must remain live, by address; one query.
absl::StatusOr<std::vector<CensusObject>> ListObjects(
    pg::Connection& connection,
    absl::Span<const CensusCatalog* const> catalogs);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_CENSUS_H_
