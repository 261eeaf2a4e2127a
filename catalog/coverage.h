// Nothing is left out in silence: what stands in the catalogs and that no
// kind of ours reads is named.

#ifndef PGBALE_CATALOG_COVERAGE_H_
#define PGBALE_CATALOG_COVERAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/selection.h"

namespace pgbale {

// One warning for each kind of object that users made, that the selection
// includes and that pgbale cannot dump yet, with the names; one query.
absl::StatusOr<std::vector<std::string>> FindUncovered(
    pg::Connection& connection, const ObjectSelection& selection);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COVERAGE_H_
