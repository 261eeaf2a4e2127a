// Nothing is left out in silence: whatever users made is in the archive, part
// of what is, a member of an extension, not selected, or named.
//
// The server counts its objects while the kinds collect (catalog/census.h).
// Only catalogs whose count and hash differ from what was collected are read
// again, row by row, so that the guard costs next to nothing where nothing is
// missing.
//
// What it cannot see: what users changed in an extension's members beside
// privileges, and objects on such members that could as well come from the
// extension's script (an index on its table): PostgreSQL does not record who
// made them.

#ifndef PGBALE_CATALOG_COVERAGE_H_
#define PGBALE_CATALOG_COVERAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/address.h"
#include "catalog/annotations.h"
#include "catalog/catalog.h"
#include "catalog/census.h"
#include "catalog/dependencies.h"
#include "catalog/selection.h"

namespace pgbale {

// An object that was selected and is not in the archive.
struct Missing {
  Address address;
  std::string type;  // "foreign table"; "rows of table"
  std::string name;  // as the server or Quoted() names it; not yet Printable

  bool operator==(const Missing&) const = default;
};

// Objects that a kind must make of others and that no catalog counts: each
// needs an object at its address.
struct Follower {
  Address address;  // often of a pseudo catalog
  Address of;       // what it follows from
};

// Those that the client cannot tell from what it has read, with `statistics`
// those of indexes too; one query.
absl::StatusOr<std::vector<Follower>> ReadFollowers(pg::Connection& connection,
                                                    bool statistics);

// All that the guard compares; all must outlive it.
struct Coverage {
  const Catalog& catalog;  // its objects have their entries
  const ObjectSelection& selection;
  const Census& census;
  const std::vector<Follower>& followers;
  const std::vector<Dependency>& dependencies;
  const Membership& membership;
  const Annotations& annotations;
};

// What is missing, by type and name. `snapshot` is a connection that sees the
// dump's snapshot; `fresh` is outside of any transaction: names are asked for
// there, where an error of a damaged catalog does no harm. No query if nothing
// is missing.
absl::StatusOr<std::vector<Missing>> FindMissing(const Coverage& coverage,
                                                 pg::Connection& snapshot,
                                                 pg::Connection& fresh);

// One warning for each type, with the first names.
std::vector<std::string> MissingWarnings(const std::vector<Missing>& missing);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COVERAGE_H_
