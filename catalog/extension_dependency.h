// ALTER … DEPENDS ON EXTENSION: an object that DROP EXTENSION takes along,
// although it is no member (pg_depend.deptype 'x').

#ifndef PGBALE_CATALOG_EXTENSION_DEPENDENCY_H_
#define PGBALE_CATALOG_EXTENSION_DEPENDENCY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "catalog/address.h"

namespace pgbale {

// SQL: a join that gives ex.names, the raw names of the extensions (NULL if
// none), for the object of `catalog` whose oid is the expression `oid`.
std::string ExtensionNamesJoin(Oid catalog, absl::string_view oid);

// Appends a statement for each of `extensions`; `target` is what ALTER names.
void AddDependsOnExtension(absl::string_view target,
                           const std::vector<std::string>& extensions,
                           std::vector<std::string>& statements);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_EXTENSION_DEPENDENCY_H_
