// Dumps of a database whose definitions change all the time: each is of one
// state, or says that it could not get one.
//
// PGBALE_CHANGING_SECONDS is how long; a few seconds unless set.

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/clock.h"
#include "base/pg/quote.h"
#include "gmock/gmock.h"
#include "tests/support/background_process.h"
#include "tests/support/oracle.h"
#include "tests/support/random.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// All names of a generation and all texts have its number, and change in one
// transaction: with two numbers in it an archive is a mixture.
constexpr char kGeneration[] =
    "CREATE SCHEMA gen_0;"
    "CREATE TYPE gen_0.type_0 AS ENUM ('label_0');"
    "CREATE TABLE gen_0.table_0 (column_0 gen_0.type_0 DEFAULT 'label_0',"
    " number integer CONSTRAINT check_0 CHECK (number > 0));"
    "CREATE INDEX index_0 ON gen_0.table_0 (number);"
    "CREATE FUNCTION gen_0.function_0() RETURNS gen_0.type_0 LANGUAGE sql"
    " RETURN 'label_0'::gen_0.type_0;"
    "CREATE VIEW gen_0.view_0 AS SELECT column_0 AS as_0,"
    " gen_0.function_0() AS call_0 FROM gen_0.table_0;"
    "CREATE SEQUENCE gen_0.sequence_0;"
    "COMMENT ON VIEW gen_0.view_0 IS 'comment_0'";

constexpr char kNextGeneration[] =
    "ALTER SCHEMA gen_% RENAME TO gen_#;"
    "ALTER TYPE gen_#.type_% RENAME TO type_#;"
    "ALTER TYPE gen_#.type_# RENAME VALUE ''label_%'' TO ''label_#'';"
    "ALTER VIEW gen_#.view_% RENAME TO view_#;"
    "ALTER VIEW gen_#.view_# RENAME COLUMN as_% TO as_#;"
    "ALTER VIEW gen_#.view_# RENAME COLUMN call_% TO call_#;"
    "ALTER FUNCTION gen_#.function_%() RENAME TO function_#;"
    "ALTER INDEX gen_#.index_% RENAME TO index_#;"
    "ALTER SEQUENCE gen_#.sequence_% RENAME TO sequence_#;"
    "ALTER TABLE gen_#.table_% RENAME TO table_#;"
    "ALTER TABLE gen_#.table_# RENAME COLUMN column_% TO column_#;"
    "ALTER TABLE gen_#.table_# RENAME CONSTRAINT check_% TO check_#;"
    "COMMENT ON VIEW gen_#.view_# IS ''comment_#''";

constexpr char kNames[] =
    "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'gen%'"
    " UNION ALL SELECT relname FROM pg_class WHERE relnamespace IN"
    " (SELECT oid FROM pg_namespace WHERE nspname LIKE 'gen%')"
    " UNION ALL SELECT typname FROM pg_type WHERE typname LIKE 'type%'"
    " UNION ALL SELECT enumlabel FROM pg_enum WHERE enumlabel LIKE 'label%'"
    " UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'function%'"
    "  AND pronamespace >= 16384"
    " UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE 'check%'"
    " UNION ALL SELECT attname FROM pg_attribute WHERE attname ~ '_[0-9]+$'"
    " UNION ALL SELECT description FROM pg_description"
    "  WHERE description ~ '^comment_'";

// "1" if all names are of one generation.
std::string CountGenerations(const TestDatabase& database) {
  return database.Query(
      absl::StrCat("SELECT count(DISTINCT substring(name FROM '[0-9]+$')) "
                   "FROM (",
                   kNames, ") AS names(name)"));
}

// What the other sessions do, with random numbers from 1 to 4 for %. Functions
// are replaced by others: no CHECK may depend on which one it is, or rows could
// not be restored.
constexpr const char* kChanges[] = {
    "CREATE TABLE t% (a serial PRIMARY KEY, b mood DEFAULT 'good', c integer"
    " DEFAULT f%(), CHECK (a > f%() - 9))",
    "CREATE TABLE t% (LIKE t% INCLUDING ALL)",
    "CREATE TABLE t% () INHERITS (t%)",
    "DROP TABLE t%",
    "DROP TABLE t% CASCADE",
    "ALTER TABLE t% RENAME TO t%",
    "ALTER TABLE t% SET SCHEMA s%",
    "ALTER TABLE s%.t% SET SCHEMA public",
    "ALTER TABLE t% ADD d% integer DEFAULT f%()",
    "ALTER TABLE t% DROP d%",
    "ALTER TABLE t% RENAME d% TO d%",
    "ALTER TABLE t% ALTER c TYPE bigint",
    "ALTER TABLE t% ADD CONSTRAINT k% CHECK (c > %)",
    "ALTER TABLE t% ADD CONSTRAINT r% FOREIGN KEY (c) REFERENCES t% (a)",
    "ALTER TABLE t% DROP CONSTRAINT k%",
    "ALTER TABLE t% RENAME CONSTRAINT k% TO k%",
    "CREATE INDEX i% ON t% (c, f%())",
    "CREATE INDEX i% ON t% (c)",
    "DROP INDEX i%",
    "ALTER INDEX i% RENAME TO i%",
    "REINDEX TABLE t%",
    "CREATE VIEW v% AS SELECT a, b, f%() FROM t%",
    "CREATE OR REPLACE VIEW v% AS SELECT a, b, f%() + 1 AS f% FROM t%",
    "CREATE MATERIALIZED VIEW m% AS SELECT a FROM t%",
    "REFRESH MATERIALIZED VIEW m%",
    "DROP MATERIALIZED VIEW m%",
    "ALTER VIEW v% RENAME TO v%",
    "DROP VIEW v%",
    "CREATE OR REPLACE FUNCTION f%() RETURNS integer LANGUAGE sql IMMUTABLE"
    " AS 'SELECT %'",
    "DROP FUNCTION f%() CASCADE",
    "ALTER FUNCTION f%() RENAME TO f%",
    "CREATE AGGREGATE g% (integer) (SFUNC = int4pl, STYPE = integer)",
    "DROP AGGREGATE g% (integer)",
    "CREATE OPERATOR ==% (LEFTARG = mood, RIGHTARG = mood, FUNCTION = enum_eq)",
    "CREATE DOMAIN o% AS integer DEFAULT f%() CHECK (VALUE > f%() - 9)",
    "ALTER DOMAIN o% RENAME TO o%",
    "DROP DOMAIN o% CASCADE",
    "CREATE TYPE y% AS (a mood, b o%)",
    "ALTER TYPE y% RENAME ATTRIBUTE a TO c CASCADE",
    "DROP TYPE y% CASCADE",
    "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'mood %'",
    "CREATE TABLE p% PARTITION OF p FOR VALUES IN (%)",
    "CREATE TABLE p% (a integer, b text)",
    "ALTER TABLE p ATTACH PARTITION p% FOR VALUES IN (%)",
    "ALTER TABLE p DETACH PARTITION p%",
    "DROP TABLE p%",
    "CREATE TRIGGER g% BEFORE UPDATE ON t% FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP TRIGGER g% ON t%",
    "CREATE RULE u% AS ON DELETE TO t% DO ALSO SELECT f%()",
    "DROP RULE u% ON t%",
    "CREATE POLICY l% ON t% USING (a > f%())",
    "DROP POLICY l% ON t%",
    "CREATE STATISTICS x% ON a, b FROM t%",
    "CREATE SEQUENCE q%",
    "ALTER SEQUENCE q% RENAME TO q%",
    "DROP SEQUENCE q%",
    "CREATE SCHEMA s%",
    "ALTER SCHEMA s% RENAME TO s%",
    "DROP SCHEMA s% CASCADE",
    "CREATE TEMPORARY TABLE t% (a integer)",
    "DROP TABLE pg_temp.t%",
    "COMMENT ON TABLE t% IS 'comment %'",
    "COMMENT ON COLUMN t%.c IS 'comment %'",
    "GRANT SELECT ON t% TO PUBLIC",
    "REVOKE ALL ON FUNCTION f%() FROM PUBLIC",
    "INSERT INTO t% (c) SELECT generate_series(1, 100)",
};

constexpr char kBase[] =
    "CREATE TYPE mood AS ENUM ('good', 'bad');"
    "CREATE FUNCTION f1() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    "CREATE TABLE p (a integer, b text) PARTITION BY LIST (a);"
    "CREATE INDEX ON p (a);"
    "CREATE TABLE t1 (a serial PRIMARY KEY, b mood DEFAULT 'good', c integer)";

// Bursts and pauses, so that some dumps have the time to end. What fails,
// fails.
std::string EndlessChanges(uint64_t seed) {
  std::vector<std::string> changes;
  for (const char* change : kChanges)
    changes.push_back(pg::QuoteLiteral(change));
  return absl::StrCat(
      "SET client_min_messages = error; SET lock_timeout = '300ms';"
      "SELECT setseed(",
      static_cast<double>(seed % 1000) / 1000,
      ");"
      "DO $body$ DECLARE changes text[] := ARRAY[",
      absl::StrJoin(changes, ", "),
      "]; change text; BEGIN LOOP"
      " change := changes[1 + floor(random() * array_length(changes, 1))];"
      " WHILE strpos(change, '%') > 0 LOOP"
      "  change := regexp_replace(change, '%', (1 + floor(random() * "
      "4))::text);"
      " END LOOP;"
      " BEGIN EXECUTE change; EXCEPTION WHEN OTHERS THEN NULL; END;"
      " COMMIT;"
      " PERFORM pg_sleep(CASE WHEN random() < 0.03 THEN 0.7 ELSE 0.005 END);"
      "END LOOP; END $body$");
}

// What no transaction may hold, so that it cannot be done in a loop on the
// server; enough of it for some minutes. Interrupted, it leaves invalid indexes
// and partitions that are half detached.
std::string ConcurrentChanges(Random& random) {
  constexpr const char* kConcurrently[] = {
      "CREATE INDEX CONCURRENTLY w% ON t# (c)",
      "DROP INDEX CONCURRENTLY w%",
      "REINDEX INDEX CONCURRENTLY w%",
      "ALTER TABLE p DETACH PARTITION p% CONCURRENTLY",
  };
  std::string script = "SET client_min_messages = error;\n";
  for (int i = 0; i < 2000; ++i) {
    absl::StrAppend(
        &script,
        absl::StrReplaceAll(kConcurrently[random.Below(4)],
                            {{"%", absl::StrCat(random.Between(1, 4))},
                             {"#", absl::StrCat(random.Between(1, 4))}}),
        ";\nSELECT pg_sleep(0.05);\n");
  }
  return script;
}

// What a restore cannot make as it was: invalid indexes, halves of a detach,
// and materialized views with rows of former times.
constexpr char kRepair[] =
    "DO $$ DECLARE o regclass; BEGIN"
    " FOR o IN SELECT indexrelid FROM pg_index WHERE NOT indisvalid LOOP"
    "  EXECUTE 'DROP INDEX ' || o; END LOOP;"
    " FOR o IN SELECT inhrelid FROM pg_inherits WHERE inhdetachpending LOOP"
    "  EXECUTE format('ALTER TABLE p DETACH PARTITION %s FINALIZE', o);"
    " END LOOP;"
    " FOR o IN SELECT oid FROM pg_class WHERE relkind = 'm' LOOP"
    "  EXECUTE format('REFRESH MATERIALIZED VIEW %s', o); END LOOP; END $$";

std::string EndlessGenerations() {
  return absl::StrCat(
      "SET client_min_messages = error;"
      "DO $body$ DECLARE n integer := 0; BEGIN LOOP"
      " BEGIN EXECUTE replace(replace('",
      kNextGeneration,
      "', '%', n::text), '#', (n + 1)::text); n := n + 1;"
      " EXCEPTION WHEN lock_not_available OR deadlock_detected THEN NULL; END;"
      " COMMIT;"
      " PERFORM pg_sleep(CASE n % 4 WHEN 0 THEN 1 ELSE 0.1 END);"
      "END LOOP; END $body$");
}

class ChangingCatalogTest : public ServerTest {
 protected:
  static double Seconds() {
    const char* set = std::getenv("PGBALE_CHANGING_SECONDS");
    double seconds = 4;
    EXPECT_TRUE(set == nullptr || absl::SimpleAtod(set, &seconds)) << set;
    return seconds;
  }

  void Start(const TestDatabase& database, const std::string& script) {
    const std::string path =
        dir_.Write(absl::StrCat("script", sessions_.size()), script);
    sessions_.push_back(std::make_unique<BackgroundProcess>(
        Words{"sh", "-c", "exec \"$0\" -qX -f \"$1\" >/dev/null 2>&1",
              TestServer::Get().Program("psql"), path},
        database.environment()));
  }

  void StopAll(const TestDatabase& database) {
    database.Query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    sessions_.clear();
  }

  // The dump is whole and of one state, or says why it is not.
  void DumpOnce(const TestDatabase& source) {
    const TempDir out;
    const std::string bale = out.File("a.bale");
    const CommandResult dump =
        RunPgbale(source, {"dump", "-j", "2", "-f", bale});
    // An index that is being built concurrently is left out with a warning.
    const bool invalid_index =
        dump.exit_code == 3 && absl::StrContains(dump.err, "is invalid");
    if (dump.exit_code == 0 || invalid_index) {
      ++dumped_;
      const TestDatabase copy;
      EXPECT_TRUE(RestoreInto(copy, bale));
      EXPECT_EQ(CountGenerations(copy), "1") << copy.Query(kNames);
      EXPECT_EQ(RunPgbale(source, {"verify", bale}).exit_code, 0);
      return;
    }
    ++refused_;
    EXPECT_EQ(dump.exit_code, 31) << dump.err;
    EXPECT_THAT(dump.err, AllOf(HasSubstr("gave up after 5 snapshots: "),
                                HasSubstr("HINT: Definitions change"),
                                Not(HasSubstr("cache lookup failed"))));
    EXPECT_THAT(dump.err,
                AnyOf(HasSubstr("while definitions were read"),
                      HasSubstr("tables were changed while they were locked"),
                      HasSubstr("definitions changed while they were read")));
    EXPECT_THAT(out.List(), IsEmpty());
  }

  int dumped_ = 0, refused_ = 0;

 private:
  TempDir dir_;
  std::vector<std::unique_ptr<BackgroundProcess>> sessions_;
};

TEST_F(ChangingCatalogTest, EachDumpIsOfOneStateOrSaysThatThereWasNone) {
  Random random;
  const TestDatabase source;
  source.Execute(kBase);
  source.Execute(kGeneration);
  for (int i = 0; i < 3; ++i) Start(source, EndlessChanges(random.Next()));
  Start(source, EndlessGenerations());
  Start(source, ConcurrentChanges(random));
  const Stopwatch running;
  while (running.seconds() < Seconds() && !HasFailure()) DumpOnce(source);
  StopAll(source);
  source.Execute(kRepair);
  EXPECT_TRUE(RoundTrip(source));
  RecordProperty("dumped", dumped_);
  RecordProperty("refused", refused_);
}

// Every snapshot is followed by a change, so that none is good.
TEST_F(ChangingCatalogTest, EndlessRenamingIsNamed) {
  const TestDatabase source;
  source.Execute("CREATE VIEW seen_0 AS SELECT 1 AS a");
  Start(source,
        "DO $$ DECLARE n integer := 0; BEGIN LOOP EXECUTE format("
        "'ALTER VIEW seen_%s RENAME TO seen_%s', n, n + 1); n := n + 1; COMMIT;"
        "END LOOP; END $$");
  DumpOnce(source);
  StopAll(source);
  EXPECT_EQ(refused_, 1);
}

// What a database in use does all the time is no reason for a new snapshot.
TEST_F(ChangingCatalogTest, NewObjectsRefreshesGrantsAndStatisticsDoNoHarm) {
  const TestDatabase source;
  source.Execute(
      "CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT 1;"
      "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
  Start(source,
        "SET client_min_messages = error;"
        "DO $$ DECLARE n integer := 0; BEGIN LOOP n := n + 1;"
        " REFRESH MATERIALIZED VIEW m; GRANT SELECT ON t TO PUBLIC;"
        " REVOKE ALL ON FUNCTION f() FROM PUBLIC; ANALYZE t;"
        " EXECUTE format('CREATE TABLE new_%s (a integer)', n);"
        " CREATE TEMPORARY TABLE passing (a serial); DROP TABLE passing;"
        " COMMIT; PERFORM pg_sleep(0.01); END LOOP; END $$");
  const TempDir out;
  const CommandResult dump = RunPgbale(
      source, {"dump", "--verbose", "-j", "2", "-f", out.File("a.bale")});
  StopAll(source);
  EXPECT_EQ(dump.exit_code, 0) << dump.err;
  EXPECT_THAT(dump.err, Not(HasSubstr("new snapshot")));
}

}  // namespace
}  // namespace pgbale
