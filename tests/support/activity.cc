#include "tests/support/activity.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "base/clock.h"

namespace pgbale {

bool ActivityTest::Appears(const TestDatabase& database,
                           absl::string_view condition) {
  const Stopwatch waited;
  while (waited.seconds() < 60) {
    if (CountSessions(database, condition) != "0") return true;
    usleep(20000);
  }
  return false;
}

std::string ActivityTest::CountSessions(const TestDatabase& database,
                                        absl::string_view condition) {
  return database.Query(
      absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                   "current_database() AND pid <> pg_backend_pid() AND (",
                   condition, ")"));
}

bool ActivityTest::NoBackendLeft(const TestDatabase& database) {
  const Stopwatch waited;
  while (waited.seconds() < 60) {
    if (CountSessions(database, "application_name LIKE 'pgbale%'") == "0")
      return true;
    usleep(20000);
  }
  return false;
}

}  // namespace pgbale
