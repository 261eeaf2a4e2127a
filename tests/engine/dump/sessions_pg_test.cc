#include <algorithm>
#include <memory>

#include "base/sched/processors.h"
#include "engine/dump/sessions.h"
#include "gtest/gtest.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

class DumpSessionsTest : public ServerTest {
 protected:
  // The connections that a dump of `database` makes if nobody says how many.
  static int JobsUnasked(const TestDatabase& database) {
    const auto sessions = DumpSessions::Open(database.options(), {.jobs = 0});
    EXPECT_OK(sessions.status());
    return sessions.ok() ? (*sessions)->jobs() : 0;
  }
};

TEST_F(DumpSessionsTest, ASmallDatabaseIsReadByOneConnection) {
  EXPECT_EQ(JobsUnasked(TestDatabase()), 1);
}

TEST_F(DumpSessionsTest, ALargeDatabaseIsReadByMoreConnections) {
  const TestDatabase database;
  // One row on each page.
  database.Execute("CREATE UNLOGGED TABLE t (a text) WITH (fillfactor = 10)");
  database.Execute(
      "INSERT INTO t SELECT repeat('x', 1000) FROM"
      " generate_series(1, 17000)");
  EXPECT_EQ(JobsUnasked(database), std::min(2, Processors()));
}

}  // namespace
}  // namespace pgbale
