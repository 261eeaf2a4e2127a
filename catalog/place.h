// What a comment or a security label is on, as SQL names it.

#ifndef PGBALE_CATALOG_PLACE_H_
#define PGBALE_CATALOG_PLACE_H_

#include <string>

#include "catalog/address.h"
#include "catalog/object.h"
#include "catalog/relation.h"

namespace pgbale {

// Of a row of pg_description, pg_seclabel or their shared kin.
struct Place {
  Address address;
  int column = 0;  // attnum; 0: the object as a whole
  // For types and constraints: as SQL names them. Row types, multirange types
  // and the foreign keys of partitions are aliases of other objects, and still
  // have annotations of their own.
  std::string name;
};

// "TABLE public.t", "COLUMN public.t.c", …: `object` itself, or what has
// `place` as its alias or column. Empty if that cannot be named.
std::string TargetAt(const Place& place, const Object& object,
                     const RelationMap& relations);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_PLACE_H_
