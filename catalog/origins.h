// Where an object comes from: what it is a part of, by pg_depend, and what the
// server calls it.

#ifndef PGBALE_CATALOG_ORIGINS_H_
#define PGBALE_CATALOG_ORIGINS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/address.h"

namespace pgbale {

struct Origin {
  // What it belongs to (and is dropped with): directly, and at any distance.
  std::vector<Address> direct_owners, owners;
  // It belongs to a member of an extension.
  bool of_extension = false;
  // It, or what it belongs to, is a temporary table.
  bool temporary = false;
  // The server makes it with its owner: an array type, a constraint's index, a
  // partition's copy of a foreign key. Not the sequence of an identity column
  // nor a generation expression, though pg_depend calls these internal, too.
  bool part = false;
  // Raw; of what belongs to a schema without being in it. Else empty.
  std::string schema;
};

// For each of `addresses` its origin; one query.
absl::StatusOr<std::vector<Origin>> ReadOrigins(
    pg::Connection& connection, const std::vector<Address>& addresses);

struct ObjectName {
  std::string type;      // "table constraint"
  std::string identity;  // "c on public.t", quoted where SQL needs it
};

// The names of objects of one catalog, by oid, as pg_identify_object() tells
// them; one query. What is gone is left out. An error if the server does not
// know the catalog or cannot follow what an object refers to.
absl::StatusOr<absl::flat_hash_map<Oid, ObjectName>> IdentifyObjects(
    pg::Connection& connection, const std::vector<Address>& addresses);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ORIGINS_H_
