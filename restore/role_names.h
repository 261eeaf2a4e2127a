// The roles that statements about privileges name.
//
// Pure function; any thread.

#ifndef PGBALE_RESTORE_ROLE_NAMES_H_
#define PGBALE_RESTORE_ROLE_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pgbale {

// Raw names behind TO, FROM and FOR ROLE of a GRANT, a REVOKE or an ALTER
// DEFAULT PRIVILEGES; without PUBLIC and the words that mean the current
// user. For warnings before a restore: what it does not understand it leaves
// out.
std::vector<std::string> RolesNamedBy(absl::string_view statement);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ROLE_NAMES_H_
