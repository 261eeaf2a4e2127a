// From ordered objects to entries.

#ifndef PGBALE_CATALOG_EMIT_H_
#define PGBALE_CATALOG_EMIT_H_

#include <vector>

#include "catalog/annotations.h"
#include "catalog/catalog.h"
#include "catalog/graph.h"
#include "catalog/object.h"
#include "catalog/reader.h"

namespace pgbale {

// Writes the entries of all wanted objects in `order`, each with its comments,
// labels and privileges right behind it, and numbers them. Sets
// Object::entry_id.
// `dump.warnings` and `dump.extensions` are left alone.
void EmitEntries(Catalog& catalog, const ObjectGraph& graph,
                 const std::vector<Object*>& order,
                 const Annotations& annotations, const Membership& membership,
                 CatalogDump& dump);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_EMIT_H_
