#include "engine/cli/connect.h"

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "engine/cli/terminal.h"

namespace pgbale {
namespace {

struct Advice {
  absl::string_view part;  // of the message
  absl::string_view hint;
};
// The first that fits. The last fits all, messages in other languages too.
constexpr Advice kAdvice[] = {
    {"password authentication failed",
     "Check the role (-U) and its password: PGPASSWORD, ~/.pgpass, or -W to "
     "be asked for it."},
    {"no password supplied",
     "Put the password into ~/.pgpass or PGPASSWORD, or use -W to be asked "
     "for it."},
    {"pg_hba.conf",
     "The server's pg_hba.conf does not let this role log in from here; "
     "change it, or the role (-U) or host (-h)."},
    {"invalid database",
     "A DROP DATABASE of it was interrupted: nothing of it can be read any "
     "more; drop it."},
    {"database \"", "Check the name of the database (-d)."},
    {"role \"", "Check the name of the role (-U)."},
    {"connection slots", "Use fewer jobs (-j), or raise max_connections."},
    {"too many c", "Use fewer jobs (-j), or raise max_connections."},
    {"",
     "Check host (-h) and port (-p), and that the server runs there and "
     "accepts connections."},
};

}  // namespace

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool NamesDatabase(const Arguments& arguments) {
  return !arguments.connection.dbname.empty() || IsSet("DATABASE_URL") ||
         IsSet("PGDATABASE") || IsSet("PGSERVICE");
}

absl::StatusOr<pg::ConnectOptions> ConnectOptionsFrom(
    const Arguments& arguments) {
  pg::UserConnection user = arguments.connection;
  if (arguments.ask_password && !arguments.never_ask_password) {
    ASSIGN_OR_RETURN(user.password, AskPassword());
  }
  return pg::MakeConnectOptions(user);
}

absl::Status AdviseOnConnection(const absl::Status& status) {
  if (status.ok() || FailureOf(status) != Failure::kConnect ||
      !HintOf(status).empty())
    return status;
  for (const Advice& advice : kAdvice) {
    if (absl::StrContains(status.message(), advice.part))
      return WithHint(status, advice.hint);
  }
  return status;
}

}  // namespace pgbale
