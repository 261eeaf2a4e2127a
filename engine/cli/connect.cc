#include "engine/cli/connect.h"

#include "base/status.h"
#include "engine/cli/terminal.h"

namespace pgbale {

absl::StatusOr<pg::ConnectOptions> ConnectOptionsFrom(
    const Arguments& arguments) {
  pg::UserConnection user = arguments.connection;
  if (arguments.ask_password && !arguments.never_ask_password) {
    ASSIGN_OR_RETURN(user.password, AskPassword());
  }
  return pg::MakeConnectOptions(user);
}

}  // namespace pgbale
