// Entries for a target that has other roles than the source had: some go by
// another name, some are missing.
//
// Pure functions; any thread.

#ifndef PGBALE_RESTORE_ROLE_CHANGES_H_
#define PGBALE_RESTORE_ROLE_CHANGES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "format/entry.h"
#include "restore/role_names.h"
#include "restore/selection.h"

namespace pgbale {

// `entries`, in whose owners and statements roles have the names of `map`. The
// roles themselves keep theirs. kError for a role that nothing names.
absl::StatusOr<std::vector<Entry>> WithRolesMapped(std::vector<Entry> entries,
                                                   const RoleMap& map);

// The roles that `selection` names: owners, if they are restored, and those in
// statements.
std::set<std::string> RolesNamedBy(const Selection& selection, bool owners);

// Takes out of `entries` what names one of `roles`, as far as it is selected:
// owners, grants, members of lists. Returns a line for each; ids of entries of
// which nothing is left go to `gone`.
std::vector<std::string> LeaveOutRoles(
    const absl::flat_hash_set<std::string>& roles, const Selection& selection,
    bool owners, std::vector<Entry>& entries,
    absl::flat_hash_set<uint32_t>& gone);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ROLE_CHANGES_H_
