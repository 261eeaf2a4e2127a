// Locks on all tables of a dump, on servers with little room for them.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/private_server.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Rules, whose text the server gives only to who locks their tables.
std::string TablesWithRules(int count) {
  std::string sql;
  for (int i = 0; i < count; ++i)
    absl::StrAppend(&sql, "CREATE TABLE t", i, " (a integer); CREATE RULE r", i,
                    " AS ON DELETE TO t", i, " DO ALSO SELECT a FROM t", i,
                    ";\n");
  return sql;
}

class LocksTest : public ServerTest {
 protected:
  // How often the server had no room for a lock.
  static size_t Refusals(const PrivateServer& server) {
    const std::string log = server.Log();
    size_t count = 0;
    for (size_t at = log.find("out of shared memory"); at != std::string::npos;
         at = log.find("out of shared memory", at + 1)) {
      ++count;
    }
    return count;
  }

  static CommandResult DumpDefinitions(const PrivateServer& server, int jobs) {
    const TempDir dir;
    return server.RunPgbale({"dump", "--schema-only", "-j", absl::StrCat(jobs),
                             "-f", dir.File("a.bale")});
  }
};

// The leader has locked all tables, and other connections find no room to lock
// them, too. Which of them reads the rules depends on who is free first.
TEST_F(LocksTest, WhatHasNoRoomOnOtherConnectionsIsReadByTheLeader) {
  const PrivateServer server({"max_locks_per_transaction = 10",
                              "max_connections = 30",
                              "log_min_error_statement = panic"});
  server.Execute(TablesWithRules(800));
  for (int i = 0; i < 30 && Refusals(server) == 0; ++i)
    EXPECT_EQ(DumpDefinitions(server, 2 + i % 3).exit_code, 0);
  EXPECT_GT(Refusals(server), 0U);
}

// The leader has locked all tables; each worker holds locks on those only that
// it reads now, and asks the leader for what it cannot lock.
TEST_F(LocksTest, RowsAreReadWithRoomForTheLocksOfTheLeaderAlone) {
  const PrivateServer server(
      {"max_locks_per_transaction = 10", "max_connections = 30"});
  server.Execute(
      "DO $$BEGIN FOR i IN 1 .. 600 LOOP EXECUTE"
      " 'CREATE TABLE t' || i || ' AS SELECT 1 AS a';"
      " IF i % 100 = 0 THEN COMMIT; END IF; END LOOP; END$$");
  const TempDir dir;
  const CommandResult dumped =
      server.RunPgbale({"dump", "--json", "-j", "4", "-f", dir.File("a.bale")});
  EXPECT_EQ(dumped.exit_code, 0) << dumped.err;
  EXPECT_THAT(dumped.out, HasSubstr("\"rows\":600,"));
}

TEST_F(LocksTest, TooManyTablesAreAnErrorThatTellsWhatToSet) {
  const PrivateServer server(
      {"max_locks_per_transaction = 10", "max_connections = 30"});
  for (int i = 0; i < 5; ++i)
    server.Execute(absl::StrCat(
        "DO $$BEGIN FOR i IN ", i * 300 + 1, " .. ", i * 300 + 300,
        " LOOP EXECUTE 'CREATE TABLE t' || i || ' ()'; END LOOP; END$$"));
  const CommandResult result = DumpDefinitions(server, 1);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("locking the tables: out of shared memory"),
                    HasSubstr("HINT: The dump locks 1500 tables, and the "
                              "server has room for 300 locks of everybody: "
                              "set max_locks_per_transaction to 57 or more")));
}

TEST_F(LocksTest, LittleRoomIsToldBeforeTheTablesAreLocked) {
  const PrivateServer server(
      {"max_locks_per_transaction = 10", "max_connections = 30"});
  server.Execute(TablesWithRules(100));
  EXPECT_THAT(DumpDefinitions(server, 1).err, Not(HasSubstr("room")));
  server.Execute(
      "DO $$BEGIN FOR i IN 1000 .. 1099 LOOP"
      " EXECUTE 'CREATE TABLE t' || i || ' ()'; END LOOP; END$$");
  const CommandResult result = DumpDefinitions(server, 1);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("set max_locks_per_transaction to 14"));
}

}  // namespace
}  // namespace pgbale
