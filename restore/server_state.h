// Roles, tablespaces and what else belongs to a whole server, as facts that
// can be compared: what a restore changed of what stood before.
//
// Immutable. Thread-compatible.

#ifndef PGBALE_RESTORE_SERVER_STATE_H_
#define PGBALE_RESTORE_SERVER_STATE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pg/connection.h"

namespace pgbale {

class ServerState {
 public:
  // One query. Passwords are compared by their digests, and only where the
  // session may read them.
  static absl::StatusOr<ServerState> Read(pg::Connection& connection);

  // There is a role or a tablespace of this raw name.
  bool Has(absl::string_view name) const;

  // One printable line for each object that stands in both states and is not
  // the same: `role "app": login is yes (was no); password changed`. No
  // password is in it.
  std::vector<std::string> ChangesSince(const ServerState& before) const;

 private:
  using Object = std::pair<std::string, std::string>;  // what it is, raw name
  using Facts = std::map<std::string, std::string>;

  std::map<Object, Facts> objects_;
};

}  // namespace pgbale

#endif  // PGBALE_RESTORE_SERVER_STATE_H_
