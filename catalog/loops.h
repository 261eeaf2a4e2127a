// Makes an order possible: no object before the data may need one behind it,
// and none may need itself.
//
// What can give way, and how, is said by each object (LoopBreak); this file
// knows no kinds but the definition of a view, which it adds. Changes are
// visible in the objects: `inlined`, `dummy`, `postponed`, `section`.

#ifndef PGBALE_CATALOG_LOOPS_H_
#define PGBALE_CATALOG_LOOPS_H_

#include "catalog/catalog.h"
#include "catalog/graph.h"

namespace pgbale {

// Breaks all loops of `graph`. Where nothing gives way an edge is cut and the
// catalog gets a warning that names both ends.
void BreakLoops(Catalog& catalog, ObjectGraph& graph);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_LOOPS_H_
