// The coverage guard: what no kind has read is named, whatever it is.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/pg/session.h"
#include "base/pg/snapshot.h"
#include "catalog/coverage.h"
#include "catalog/kind.h"
#include "catalog/kind_id.h"
#include "catalog/reader.h"
#include "gmock/gmock.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> KindNames() {
  return {
#define KIND(Name) #Name,
#include "catalog/kinds.def"
#undef KIND
  };
}

// "row_security" for "RowSecurity": the name of its fixture.
std::string SnakeCase(const std::string& name) {
  std::string snake;
  for (char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !snake.empty())
      snake.push_back('_');
    snake.push_back(
        static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return snake;
}

class CoverageTest : public ServerTest {
 protected:
  // What a dump of `database` reads.
  static absl::StatusOr<CatalogDump> Read(const TestDatabase& database,
                                          const CatalogOptions& options = {}) {
    ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> leader,
                     database.Connect());
    ASSIGN_OR_RETURN(const std::unique_ptr<pg::Connection> fresh,
                     database.Connect());
    RETURN_IF_ERROR(pg::PrepareDumpSession(*leader, ""));
    RETURN_IF_ERROR(pg::PrepareDumpSession(*fresh, ""));
    RETURN_IF_ERROR(pg::BeginSnapshot(*leader).status());
    CatalogConnections connections;
    connections.snapshot = {leader.get()};
    connections.fresh = fresh.get();
    connections.search_path = {"public"};
    CancelToken cancel;
    return ReadCatalog(connections, options, cancel);
  }

  // "type name" of all that is missing.
  static std::vector<std::string> MissingIn(
      const TestDatabase& database, const CatalogOptions& options = {}) {
    const absl::StatusOr<CatalogDump> dump = Read(database, options);
    EXPECT_OK(dump);
    std::vector<std::string> names;
    if (!dump.ok()) return names;
    for (const Missing& missing : dump->missing)
      names.push_back(absl::StrCat(missing.type, " ", missing.name));
    return names;
  }
};

TEST_F(CoverageTest, WhatUsersMadeInTheSystemsSchemaIsNamed) {
  const TestDatabase database;
  database.Execute(
      "CREATE FUNCTION pg_catalog.mine() RETURNS integer"
      " LANGUAGE sql AS 'SELECT 1'");
  EXPECT_THAT(MissingIn(database), ElementsAre("function pg_catalog.mine()"));
}

TEST_F(CoverageTest, WhatBelongsToTheSystemOrAnExtensionIsNotNamed) {
  const TestDatabase database;
  database.Execute(
      "CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm;"
      "CREATE EXTENSION citext; CREATE EXTENSION btree_gist;"
      "CREATE TABLE t (a hstore, b text, CHECK (b <> ''));"
      "CREATE TABLE p (a integer PRIMARY KEY, b text) PARTITION BY RANGE (a);"
      "CREATE TABLE p1 PARTITION OF p DEFAULT;"
      "CREATE TABLE r (a integer REFERENCES p (a));"
      "CREATE TYPE range_type AS RANGE (SUBTYPE = float8);"
      "CREATE TYPE colors AS ENUM ('red', 'green')");
  EXPECT_THAT(MissingIn(database), IsEmpty());
}

// Another session's temporary table, with all that a table can have.
TEST_F(CoverageTest, TemporaryObjectsAreNotNamed) {
  const TestDatabase database;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<pg::Connection> other,
                       database.Connect());
  ASSERT_OK(other->Execute(
      "CREATE TEMPORARY TABLE t (a serial PRIMARY KEY, b text CHECK (b <> ''),"
      " c integer GENERATED ALWAYS AS (a + 1) STORED)"));
  ASSERT_OK(other->Execute("COMMENT ON TABLE t IS 'temporary'"));
  ASSERT_OK(other->Execute("COMMENT ON COLUMN t.a IS 'temporary'"));
  ASSERT_OK(other->Execute("CREATE RULE r AS ON DELETE TO t DO NOTHING"));
  ASSERT_OK(other->Execute("CREATE TEMPORARY VIEW v AS SELECT a FROM t"));
  EXPECT_THAT(MissingIn(database), IsEmpty());
}

TEST_F(CoverageTest, WhatIsNotSelectedIsNotNamed) {
  const TestDatabase database;
  database.Execute(
      "CREATE SCHEMA one; CREATE SCHEMA other;"
      "CREATE TABLE one.t (a integer); CREATE TABLE other.t (a integer);"
      "CREATE TRIGGER tr BEFORE UPDATE ON one.t FOR EACH ROW"
      " EXECUTE FUNCTION suppress_redundant_updates_trigger();"
      "CREATE TRIGGER tr BEFORE UPDATE ON other.t FOR EACH ROW"
      " EXECUTE FUNCTION suppress_redundant_updates_trigger();"
      "CREATE FUNCTION other.f() RETURNS integer LANGUAGE sql"
      " AS 'SELECT 1'");
  CatalogOptions options;
  options.without_kinds = {KindId::kTrigger, KindId::kRoutine};
  options.schemas = {"one"};
  EXPECT_THAT(MissingIn(database, options), ElementsAre("trigger tr on one.t"));
  options.schemas = {};
  options.tables = {"other.t"};
  EXPECT_THAT(MissingIn(database, options),
              ElementsAre("trigger tr on other.t"));
  options.tables = {};
  options.exclude_tables = {"one.t"};
  EXPECT_THAT(MissingIn(database, options),
              ElementsAre("function other.f()", "trigger tr on other.t"));
}

// A constraint of a table that is missing goes without saying.
TEST_F(CoverageTest, WhatIsMissingIsNamedOnceWithoutItsParts) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
      " b text DEFAULT 'x' CHECK (b <> ''))");
  CatalogOptions options;
  options.without_kinds = {KindId::kTable};
  EXPECT_THAT(MissingIn(database, options),
              ElementsAre("sequence public.t_a_seq", "table public.t"));
}

TEST_F(CoverageTest, CommentOnWhatIsNoObjectIsNamed) {
  const TestDatabase database;
  database.Execute(
      "CREATE TYPE r AS RANGE (SUBTYPE = float8);"
      "COMMENT ON FUNCTION r(float8, float8) IS 'the type brings it';"
      "REVOKE EXECUTE ON FUNCTION r(float8, float8) FROM PUBLIC");
  EXPECT_THAT(
      MissingIn(database),
      ElementsAre("comment on function public.r(double precision,double"
                  " precision)",
                  "privileges of function public.r(double precision,double"
                  " precision)"));
  CatalogOptions options;
  options.comments = false;
  options.privileges = false;
  EXPECT_THAT(MissingIn(database, options), IsEmpty());
}

TEST_F(CoverageTest, CommentThatTheServerForgotToDropIsNotNamed) {
  const TestDatabase database;
  database.Execute(
      "SET client_min_messages = error;"
      "CREATE SUBSCRIPTION coverage_dropped CONNECTION 'dbname=none'"
      " PUBLICATION p WITH (connect = false, slot_name = NONE);"
      "COMMENT ON SUBSCRIPTION coverage_dropped IS 'stays behind'");
  database.Execute("DROP SUBSCRIPTION coverage_dropped");
  EXPECT_THAT(MissingIn(database), IsEmpty());
}

TEST_F(CoverageTest, InvalidIndexIsNamedOnceAndNotMissing) {
  const TestDatabase database;
  database.Execute(
      "CREATE TABLE t (a integer); CREATE INDEX i ON t (a);"
      "SET allow_system_table_mods = on; UPDATE pg_index"
      " SET indisvalid = false WHERE indexrelid = 'i'::regclass");
  ASSERT_OK_AND_ASSIGN(const CatalogDump dump, Read(database));
  EXPECT_THAT(dump.missing, IsEmpty());
  EXPECT_THAT(dump.warnings, ElementsAre(HasSubstr("public.i")));
}

TEST_F(CoverageTest, WarningsTellTypeAndFirstNames) {
  std::vector<Missing> missing;
  for (int i = 10; i < 22; ++i)
    missing.push_back({{1, 1}, "cast", absl::StrCat("c", i)});
  missing.push_back({{1, 1}, "type", "with\nline\x1b"});
  EXPECT_THAT(MissingWarnings(missing),
              ElementsAre("not in the archive: cast c10, c11, c12, c13, c14, "
                          "c15, c16, c17, c18, c19 and 2 more",
                          "not in the archive: type with?line?"));
}

// ---- every kind ----

class EveryKindTest : public CoverageTest,
                      public ::testing::WithParamInterface<size_t> {
 protected:
  std::string kind_name() const { return KindNames()[GetParam()]; }
  const Kind& kind() const { return *AllKinds()[GetParam()]; }

  // Loads the fixture of this kind, one test at a time: fixtures make roles.
  void LoadFixture(const TestDatabase& database) {
    const std::string path = absl::StrCat(kSourceDir, "/tests/fixtures/kinds/",
                                          SnakeCase(kind_name()), ".sql");
    ASSERT_TRUE(std::filesystem::exists(path))
        << "every kind has a fixture of its name: " << path;
    ASSERT_OK_AND_ASSIGN(
        const std::unique_ptr<pg::Connection> admin,
        pg::Connection::Open(TestServer::Get().options("postgres")));
    ASSERT_OK(admin->Execute("SELECT pg_catalog.pg_advisory_lock(7301)"));
    std::ifstream in(path);
    database.Execute(std::string(std::istreambuf_iterator<char>(in), {}));
  }

  // The entries of this kind's tag in `all` that are not in `some`.
  std::vector<std::string> Gone(const CatalogDump& all,
                                const CatalogDump& some) const {
    const auto label = [](const Entry& entry) {
      return absl::StrJoin(
          std::tie(entry.kind, entry.schema, entry.relation, entry.name), " ");
    };
    std::multiset<std::string> left;
    for (const Entry& entry : some.entries) left.insert(label(entry));
    std::vector<std::string> gone;
    for (const Entry& entry : all.entries) {
      const auto it = left.find(label(entry));
      if (it != left.end()) {
        left.erase(it);
      } else if (entry.kind == kind().tag) {
        gone.push_back(label(entry));
      }
    }
    return gone;
  }
};

// The text of all statements: what is inlined has no entry of its own.
std::string Statements(const CatalogDump& dump) {
  std::string text;
  for (const Entry& entry : dump.entries)
    absl::StrAppend(&text, absl::StrJoin(entry.create, ";\n"), ";\n");
  return text;
}

TEST_P(EveryKindTest, IsMissedWhenItIsNotRead) {
  if (kind().scope != Scope::kDatabase)
    GTEST_SKIP() << "the guard counts what belongs to the database";
  const TestDatabase database;
  LoadFixture(database);
  if (HasFatalFailure()) return;
  CatalogOptions options;
  options.statistics = true;
  ASSERT_OK_AND_ASSIGN(const CatalogDump all, Read(database, options));
  options.without_kinds = {static_cast<KindId>(GetParam())};
  ASSERT_OK_AND_ASSIGN(const CatalogDump some, Read(database, options));
  const std::vector<std::string> gone = Gone(all, some);
  if (gone.empty() && Statements(all) == Statements(some))
    GTEST_SKIP() << "on this server no object of kind " << kind_name();

  EXPECT_THAT(MissingWarnings(all.missing), IsEmpty());
  EXPECT_THAT(some.missing, Not(IsEmpty()));
  EXPECT_GE(some.missing.size(), gone.size())
      << "not in the archive:\n  " << absl::StrJoin(gone, "\n  ")
      << "\nnamed:\n  " << absl::StrJoin(MissingWarnings(some.missing), "\n  ");
  for (const std::string& warning : MissingWarnings(some.missing))
    EXPECT_THAT(some.warnings, Contains(warning));
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKindTest,
                         ::testing::Range(size_t{0}, KindNames().size()),
                         [](const ::testing::TestParamInfo<size_t>& kind) {
                           return KindNames()[kind.param];
                         });

}  // namespace
}  // namespace pgbale
