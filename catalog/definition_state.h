// Is what was read of definitions one state?
//
// Rows of the catalogs come from the snapshot. But functions of the server that
// give a definition as text (pg_get_viewdef(), format_type(), …) see what is
// committed when they run, and not all that they look at can be locked: views,
// functions, types, schemas, indexes. So nothing that stands in the snapshot,
// and that such a function may look at, must have changed or gone when all is
// read. What is new does no harm, nor do privileges and what the server keeps
// of a relation's files and contents, so that neither GRANT nor REFRESH
// MATERIALIZED VIEW nor temporary tables count as a change.
//
// Thread-compatible.

#ifndef PGBALE_CATALOG_DEFINITION_STATE_H_
#define PGBALE_CATALOG_DEFINITION_STATE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/address.h"

namespace pgbale {

struct DefinitionState {
  struct Rows {
    int64_t old = 0;               // how many are older than the horizon
    std::set<std::string> recent;  // the others, each version by itself

    bool operator==(const Rows&) const = default;
  };
  std::string horizon;               // a transaction's number
  std::vector<Rows> catalogs;        // one for each that is looked at
  std::map<Oid, std::string> roles;  // names

  bool operator==(const DefinitionState&) const = default;
};

// What `connection` sees; three queries. States can be compared if they have
// the same horizon; an empty one stands for that of the connection's snapshot.
absl::StatusOr<DefinitionState> ReadDefinitionState(
    pg::Connection& connection, const std::string& horizon = "");

// OK if all that the state that `leader` sees holds stands on `fresh` as it
// was: a small query where nothing at all was committed since. kAborted (absl
// code; IsSchemaChange in catalog/locks.h) names what does not.
absl::Status CheckUnchanged(pg::Connection& leader, pg::Connection& fresh);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_DEFINITION_STATE_H_
