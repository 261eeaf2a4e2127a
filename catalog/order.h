// The order of a serial restore.

#ifndef PGBALE_CATALOG_ORDER_H_
#define PGBALE_CATALOG_ORDER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "catalog/graph.h"
#include "catalog/object.h"

namespace pgbale {

// All objects that are no part of another, each behind what it needs, else by
// section, kind (kinds.def), schema, name, sort_detail, oid. The order does
// not depend on oids where names differ, so that two dumps of equal databases
// are in the same order. An inlined object is left out.
// REQUIRES: BreakLoops was called; a loop that is left is an internal error.
absl::StatusOr<std::vector<Object*>> OrderObjects(const Catalog& catalog,
                                                  const ObjectGraph& graph);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ORDER_H_
