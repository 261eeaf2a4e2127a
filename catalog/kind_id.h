// The names of the kinds in code. Include it where one of them is named.

#ifndef PGBALE_CATALOG_KIND_ID_H_
#define PGBALE_CATALOG_KIND_ID_H_

#include "catalog/kind.h"

namespace pgbale {

enum class KindId : int {
#define KIND(Name) k##Name,
#include "catalog/kinds.def"
#undef KIND
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_KIND_ID_H_
