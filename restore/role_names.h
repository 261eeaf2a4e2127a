// The roles that statements name.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_ROLE_NAMES_H_
#define PGBALE_RESTORE_ROLE_NAMES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace pgbale {

// Old name to new one, raw.
using RoleMap = std::map<std::string, std::string>;

// Raw names of the roles in a GRANT, a REVOKE, an ALTER DEFAULT PRIVILEGES, a
// CREATE POLICY, a CREATE or DROP USER MAPPING, an ALTER ROLE … IN DATABASE, a
// SET SESSION AUTHORIZATION; without PUBLIC and the words that mean the
// current user. Other statements name none.
std::vector<std::string> RolesNamedBy(absl::string_view statement);

// `statement` with the names that `map` has replaced, each once.
std::string WithRolesMapped(absl::string_view statement, const RoleMap& map);

// `statement` without these roles in its lists of roles; empty if it has no
// other, or names one of them elsewhere: without that role it would say
// something else.
std::string WithoutRoles(absl::string_view statement,
                         const absl::flat_hash_set<std::string>& roles);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ROLE_NAMES_H_
