// What builds of indexes may use, as the server sees it.

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/sched/processors.h"
#include "gtest/gtest.h"
#include "restore/job_runner.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

class JobRunnerTest : public ServerTest {};

// Of two builds at a time, the second begins last of all: it may use
// processors that the first will leave idle.
TEST_F(JobRunnerTest, TheLastBuildGetsMoreWorkers) {
  const TestDatabase source, target;
  source.Execute(
      "CREATE TABLE t AS SELECT i AS a, -i AS b FROM generate_series(1, 100000)"
      " i; CREATE INDEX ON t (a); CREATE INDEX ON t (b)");
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  target.Execute(R"(
    CREATE SCHEMA watch; CREATE TABLE watch.builds (workers integer);
    CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO watch.builds
       VALUES (current_setting(''max_parallel_maintenance_workers'')::integer);
       END';
    CREATE EVENT TRIGGER note ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
      EXECUTE FUNCTION watch.note())");
  ASSERT_TRUE(RestoreInto(target, dir.File("a.bale"),
                          {"-j", "2", "--allow-non-empty"}));
  // All there are, for two sessions.
  constexpr int kMost = 4;
  const int processors = Processors();
  EXPECT_EQ(target.Query("SELECT string_agg(workers::text, ' ' ORDER BY "
                         "workers) FROM watch.builds"),
            absl::StrCat(std::clamp(processors / 2 - 1, 0, kMost), " ",
                         std::clamp(processors - 1, 0, kMost)));
}

}  // namespace
}  // namespace pgbale
