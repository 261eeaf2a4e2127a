#include "catalog/kind.h"

namespace pgbale {

absl::Span<const Kind* const> AllKinds() {
  static constexpr const Kind* kKinds[] = {
#define KIND(Name) &k##Name##Kind,
#include "catalog/kinds.def"
#undef KIND
  };
  return kKinds;
}

}  // namespace pgbale
