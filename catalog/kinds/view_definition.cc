// The definition of a view that a dependency loop keeps behind the data: made
// by the loop breaker, with the view's own body.

#include "catalog/kind.h"

namespace pgbale {

extern const Kind kViewDefinitionKind = {"VIEW"};

}  // namespace pgbale
