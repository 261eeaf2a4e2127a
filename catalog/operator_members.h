// Members of operator families: operators with their strategy numbers and
// support functions. CREATE OPERATOR CLASS makes most of them, ALTER OPERATOR
// FAMILY the others, the loose ones (pg_amop, pg_amproc, told apart by
// pg_depend).

#ifndef PGBALE_CATALOG_OPERATOR_MEMBERS_H_
#define PGBALE_CATALOG_OPERATOR_MEMBERS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "catalog/address.h"
#include "catalog/collector.h"
#include "catalog/object.h"
#include "catalog/statement_body.h"

namespace pgbale {

struct OperatorMember {
  Address address;
  std::string clause;   // "OPERATOR 1 <(s.t,s.t)", "FUNCTION 1 (s.t, s.t) …"
  std::string dropped;  // "OPERATOR 1 (s.t, s.t)": as ALTER … DROP names it
};

// In the order in which pg_dump writes them: operators, then functions.
using OperatorMembers = absl::flat_hash_map<Oid, std::vector<OperatorMember>>;

// The members that operator classes brought, by class; one query.
absl::StatusOr<OperatorMembers> ReadClassMembers(Collector& collector);

// The loose members, by family; one query. Of families that initdb or an
// extension made only those that neither of them brought.
absl::StatusOr<OperatorMembers> ReadLooseMembers(Collector& collector);

// "OPERATOR … ,\n    FUNCTION …": the clauses as a list.
std::string JoinClauses(const std::vector<OperatorMember>& members);

// Makes what the members need what `object` needs.
void AddMemberAliases(const std::vector<OperatorMember>& members,
                      Object& object);

// DROP <type> <name>, the name with its USING. Even with IF EXISTS it is an
// error if the access method is missing, as one that a user made may be.
DropStatements DropUsing(Oid access_method, absl::string_view type,
                         absl::string_view name);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_OPERATOR_MEMBERS_H_
