// Tests that watch the sessions of others while a program runs.

#ifndef PGBALE_TESTS_SUPPORT_ACTIVITY_H_
#define PGBALE_TESTS_SUPPORT_ACTIVITY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/server.h"

namespace pgbale {

class ActivityTest : public ServerTest {
 protected:
  // True as soon as `condition` holds for a row of pg_stat_activity, of a
  // session in `database` that is not the one that asks; false after a minute.
  static bool Appears(const TestDatabase& database,
                      absl::string_view condition);

  static std::string CountSessions(const TestDatabase& database,
                                   absl::string_view condition);

  // No backend of pgbale's is left; the server takes a moment to notice.
  static bool NoBackendLeft(const TestDatabase& database);
};

}  // namespace pgbale

#endif  // PGBALE_TESTS_SUPPORT_ACTIVITY_H_
