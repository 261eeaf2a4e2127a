#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/pg/session.h"
#include "base/pg/snapshot.h"
#include "catalog/definition_state.h"
#include "catalog/locks.h"
#include "gmock/gmock.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::HasSubstr;

constexpr char kObjects[] =
    "CREATE TYPE mood AS ENUM ('good', 'bad');"
    "CREATE DOMAIN level AS integer;"
    "CREATE TABLE list (a integer DEFAULT 1 CONSTRAINT k CHECK (a > 0),"
    " b mood);"
    "CREATE INDEX by_a ON list (a);"
    "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
    "CREATE VIEW seen AS SELECT a FROM list;"
    "CREATE MATERIALIZED VIEW kept AS SELECT a FROM list;"
    "CREATE RULE r AS ON DELETE TO list DO ALSO SELECT 1;"
    "CREATE SEQUENCE counter; CREATE SCHEMA s";

class DefinitionStateTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = std::make_unique<TestDatabase>();
    database_->Execute(kObjects);
  }

  // What a reader says that has read everything when `sql` is committed.
  absl::Status CheckAfter(const std::string& sql) {
    ASSIGN_OR_RETURN(const auto leader, database_->Connect());
    ASSIGN_OR_RETURN(const auto fresh, database_->Connect());
    RETURN_IF_ERROR(pg::PrepareDumpSession(*leader, ""));
    RETURN_IF_ERROR(pg::PrepareDumpSession(*fresh, ""));
    RETURN_IF_ERROR(pg::BeginSnapshot(*leader).status());
    database_->Execute(sql);
    return CheckUnchanged(*leader, *fresh);
  }

  std::unique_ptr<TestDatabase> database_;
};

TEST_F(DefinitionStateTest, WhatIsAlteredOrDroppedIsNamed) {
  const struct {
    std::string sql, message;
  } changes[] = {
      {"CREATE OR REPLACE VIEW seen AS SELECT a + 1 AS a FROM list",
       "\"seen\" (pg_rewrite) was "},
      {"ALTER VIEW seen RENAME TO shown", "\"seen\" (pg_class) was altered"},
      {"DROP VIEW shown", "\"shown\" (pg_class) was dropped"},
      {"ALTER TYPE mood RENAME VALUE 'bad' TO 'poor'",
       "\"bad\" (pg_enum) was altered"},
      {"ALTER TYPE mood RENAME TO humour", "mood\" (pg_type) was altered"},
      {"ALTER DOMAIN level RENAME TO grade", "level\" (pg_type) was altered"},
      {"ALTER INDEX by_a RENAME TO by_b", "\"by_a\" (pg_class) was altered"},
      {"ALTER TABLE list RENAME b TO c", "\"list\" (pg_attribute) was altered"},
      {"ALTER TABLE list ALTER a SET DEFAULT 2", "\"list\" (pg_attr"},
      {"ALTER TABLE list RENAME CONSTRAINT k TO l",
       "\"k\" (pg_constraint) was altered"},
      {"CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql "
       "AS 'SELECT 2'",
       "\"f\" (pg_proc) was altered"},
      {"ALTER SEQUENCE counter RENAME TO \"new\nname\"",
       "\"counter\" (pg_class) was altered"},
      {"DROP SEQUENCE \"new\nname\"", "\"new?name\" (pg_class) was dropped"},
      {"ALTER SCHEMA s RENAME TO t", "\"s\" (pg_namespace) was altered"},
  };
  for (const auto& change : changes) {
    const absl::Status status = CheckAfter(change.sql);
    EXPECT_TRUE(IsSchemaChange(status)) << change.sql << "\n" << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(change.message));
  }
}

TEST_F(DefinitionStateTest, WhatIsNewOrNoDefinitionIsNoChange) {
  for (const std::string sql : {
           "CREATE TABLE other (a integer); CREATE VIEW another AS SELECT 1",
           "GRANT SELECT ON list, seen TO PUBLIC",
           "REVOKE ALL ON FUNCTION f() FROM PUBLIC",
           "REFRESH MATERIALIZED VIEW kept",
           "REINDEX TABLE list",
           "CREATE INDEX ON list (b)",
           "ANALYZE",
           "VACUUM FREEZE pg_proc",
           "COMMENT ON TABLE list IS 'commented'",
           "INSERT INTO list VALUES (1, 'good'); SELECT nextval('counter')",
       }) {
    EXPECT_OK(CheckAfter(sql)) << sql;
  }
}

TEST_F(DefinitionStateTest, TemporaryObjectsAreNoChange) {
  ASSERT_OK_AND_ASSIGN(const auto other, database_->Connect());
  ASSERT_OK(
      other->Execute("CREATE TEMPORARY TABLE passing (a serial, b text)"));
  ASSERT_OK(other->Execute("CREATE TEMPORARY VIEW glimpse AS SELECT 1"));
  ASSERT_OK_AND_ASSIGN(const auto leader, database_->Connect());
  ASSERT_OK_AND_ASSIGN(const auto fresh, database_->Connect());
  ASSERT_OK(pg::BeginSnapshot(*leader).status());
  ASSERT_OK(other->Execute("DISCARD TEMPORARY"));
  EXPECT_OK(CheckUnchanged(*leader, *fresh));
}

// A subtransaction's number is above that of the oldest transaction that runs,
// so that what it makes is not taken for older than the snapshot.
TEST_F(DefinitionStateTest, WhatAnOpenSubtransactionMakesIsNew) {
  ASSERT_OK_AND_ASSIGN(const auto other, database_->Connect());
  ASSERT_OK(other->Execute("BEGIN"));
  ASSERT_OK(other->Execute("SAVEPOINT s"));
  ASSERT_OK(
      other->Execute("CREATE FUNCTION public.g() RETURNS integer "
                     "LANGUAGE sql AS 'SELECT 1'"));
  ASSERT_OK(other->Execute("RELEASE SAVEPOINT s"));
  EXPECT_OK(CheckAfter("CREATE SCHEMA beside"));
  ASSERT_OK_AND_ASSIGN(const auto leader, database_->Connect());
  ASSERT_OK_AND_ASSIGN(const auto fresh, database_->Connect());
  ASSERT_OK(pg::BeginSnapshot(*leader).status());
  database_->Execute("DROP FUNCTION f()");
  ASSERT_OK(other->Execute("COMMIT"));
  EXPECT_THAT(std::string(CheckUnchanged(*leader, *fresh).message()),
              HasSubstr("\"f\" (pg_proc) was dropped"));
}

}  // namespace
}  // namespace pgbale
