// Objects that other objects name in expressions: the oids come as arrays.

#ifndef PGBALE_CATALOG_REFERENCES_H_
#define PGBALE_CATALOG_REFERENCES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "catalog/address.h"
#include "catalog/object.h"

namespace pgbale {

// SQL: a join that gives rf.relations, the relations (oid[], NULL if none)
// that the object of `catalog` whose oid is the expression `oid` refers to.
std::string ReferencedRelationsJoin(Oid catalog, absl::string_view oid);

// The elements of an oid[] as objects of `catalog`.
std::vector<Address> AddressesOf(Oid catalog,
                                 const std::vector<std::string>& oids);

// Shares the lock of each of `relations` (an oid[]) that `object` does not
// lock for itself: making the object only reads them.
void AddSharedLocks(const std::vector<std::string>& relations, Object& object);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_REFERENCES_H_
