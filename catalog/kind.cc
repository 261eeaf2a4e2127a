#include "catalog/kind.h"

namespace pgbale {

#define KIND(Name) extern const Kind k##Name##Kind;
#include "catalog/kinds.def"
#undef KIND

absl::Span<const Kind* const> AllKinds() {
  static constexpr const Kind* kKinds[] = {
#define KIND(Name) &k##Name##Kind,
#include "catalog/kinds.def"
#undef KIND
  };
  return kKinds;
}

}  // namespace pgbale
