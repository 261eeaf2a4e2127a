// Real data there and back, whole and in parts.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/oracle.h"
#include "tests/support/paths.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

// A database with Debian's package index in nearly every kind of object.
class RoundTripTest : public ServerTest {
 protected:
  void LoadDemo(const TestDatabase& database) {
    const TestServer& server = TestServer::Get();
    const CommandResult loaded =
        RunCommand({absl::StrCat(kSourceDir, "/scripts/demo-data.sh"),
                    "--database", database.name(), "--packages", "2000"},
                   server.environment("postgres"));
    ASSERT_EQ(loaded.exit_code, 0) << loaded.out << loaded.err;
  }

  // Two schemas that know each other, and a large object.
  void LoadShop(const TestDatabase& database) {
    database.Execute(R"(
      CREATE SCHEMA shop;
      CREATE SCHEMA other;
      CREATE TYPE shop.state AS ENUM ('new', 'paid');
      CREATE TABLE shop.customer (id serial PRIMARY KEY, name text NOT NULL);
      CREATE TABLE shop.orders (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer integer REFERENCES shop.customer, state shop.state,
        total numeric(10, 2), placed timestamptz);
      CREATE INDEX ON shop.orders (placed);
      CREATE TABLE other.note (body text, "Odd ""col" bytea);
      CREATE VIEW other.names AS SELECT name FROM shop.customer;
      INSERT INTO shop.customer (name)
        SELECT 'customer ' || i FROM generate_series(1, 1000) i;
      INSERT INTO shop.orders (customer, state, total, placed)
        SELECT 1 + i % 1000, 'paid', i / 7.0,
          timestamptz 'epoch' + i * interval '1 hour'
        FROM generate_series(1, 5000) AS i;
      INSERT INTO other.note VALUES
        (E'tab\t\\ newline\n', '\x00ff'), (NULL, NULL), ('', '');
      SELECT lo_from_bytea(4711, decode(repeat('0badcafe', 100000), 'hex'));
      COMMENT ON TABLE shop.orders IS 'what was ordered';
    )");
  }
};

TEST_F(RoundTripTest, DemoDatabaseByTwoJobs) {
  const TestDatabase source;
  ASSERT_NO_FATAL_FAILURE(LoadDemo(source));
  EXPECT_TRUE(RoundTrip(source));
}

TEST_F(RoundTripTest, DemoDatabaseByOneJobAndInOneTransaction) {
  const TestDatabase source;
  ASSERT_NO_FATAL_FAILURE(LoadDemo(source));
  EXPECT_TRUE(RoundTrip(source, {{"-j", "1"}, {"--single-transaction"}}));
}

TEST_F(RoundTripTest, DemoDatabaseByCopy) {
  const TestDatabase source;
  ASSERT_NO_FATAL_FAILURE(LoadDemo(source));
  EXPECT_TRUE(CopySurvives(source));
  EXPECT_TRUE(CopySurvives(source, {"-j", "1", "--data-format", "text"}));
  EXPECT_TRUE(CopySurvives(source, {"--single-transaction"}));
}

TEST_F(RoundTripTest, AnyLevelOfCompression) {
  const TestDatabase source;
  LoadShop(source);
  for (const char* level : {"none", "zstd:9"})
    EXPECT_TRUE(RoundTrip(source, {{"-Z", level}, {}})) << level;
}

TEST_F(RoundTripTest, LittleMemoryMakesSmallChunksOfTheSameRows) {
  const TestDatabase source;
  LoadShop(source);
  EXPECT_TRUE(RoundTrip(source, {{"-j", "2", "--memory", "1MB"}, {}}));
}

TEST_F(RoundTripTest, SchemaOnly) {
  const TestDatabase source;
  ASSERT_NO_FATAL_FAILURE(LoadDemo(source));
  EXPECT_TRUE(PartialRoundTrip(source, {"--schema-only"}));
}

TEST_F(RoundTripTest, DataOnlyIntoASchemaOnlyCopy) {
  const TestDatabase source, copy;
  LoadShop(source);
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("s.bale"), {"--schema-only"}));
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale"), {"--data-only"}));
  ASSERT_TRUE(RestoreInto(copy, dir.File("s.bale")));
  ASSERT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(RoundTripTest, SectionsOneAfterAnother) {
  const TestDatabase source, copy;
  LoadShop(source);
  const TempDir dir;
  const std::string bale = dir.File("shop.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  for (const char* section : {"pre-data", "data", "post-data"})
    ASSERT_TRUE(
        RestoreInto(copy, bale, {"--section", section, "--allow-non-empty"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

TEST_F(RoundTripTest, OneSchema) {
  const TestDatabase source;
  LoadShop(source);
  EXPECT_TRUE(PartialRoundTrip(source, {"-n", "shop"}));
}

TEST_F(RoundTripTest, AllButOneSchema) {
  const TestDatabase source;
  LoadShop(source);
  EXPECT_TRUE(PartialRoundTrip(source, {"-N", "other"}));
}

TEST_F(RoundTripTest, OneTableDumped) {
  const TestDatabase source;
  LoadShop(source);
  source.Execute("ALTER TABLE other.note SET SCHEMA public");
  EXPECT_TRUE(PartialRoundTrip(source, {"-t", "note"}));
}

// What it needs comes with it: schema, type, sequence.
TEST_F(RoundTripTest, OneTableRestored) {
  const TestDatabase source, copy;
  LoadShop(source);
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("shop.bale")));
  ASSERT_TRUE(
      RestoreInto(copy, dir.File("shop.bale"), {"-t", "shop.customer"}));
  copy.Execute("INSERT INTO shop.customer (name) VALUES ('one more')");
  EXPECT_EQ(copy.Query("SELECT count(*), max(id) FROM shop.customer"),
            "1001|1001");
  EXPECT_EQ(copy.Query("SELECT to_regclass('other.note')"), "");
}

TEST_F(RoundTripTest, AllTablesButOne) {
  const TestDatabase source;
  LoadShop(source);
  EXPECT_TRUE(PartialRoundTrip(source, {"-T", "other.note"}));
}

TEST_F(RoundTripTest, WithoutTheRowsOfATable) {
  const TestDatabase source;
  LoadShop(source);
  EXPECT_TRUE(
      PartialRoundTrip(source, {"--exclude-table-data", "shop.orders"}));
}

// What a view reads may be empty then, as with pg_dump.
TEST_F(RoundTripTest, WithoutTheRowsBelowAMaterializedView) {
  const TestDatabase source;
  LoadShop(source);
  source.Execute(
      "CREATE MATERIALIZED VIEW shop.totals AS SELECT sum(total) AS sum, "
      "count(*) AS n FROM shop.orders");
  EXPECT_TRUE(
      PartialRoundTrip(source, {"--exclude-table-data", "shop.orders"}));
}

TEST_F(RoundTripTest, OneOwnedSequenceDumped) {
  const TestDatabase source;
  LoadShop(source);
  source.Execute("ALTER TABLE shop.customer SET SCHEMA public");
  EXPECT_TRUE(PartialRoundTrip(source, {"-t", "customer_id_seq"}));
}

TEST_F(RoundTripTest, WithoutLargeObjectsCommentsAndPrivileges) {
  const TestDatabase source;
  LoadShop(source);
  EXPECT_TRUE(PartialRoundTrip(source, {"-B", "--no-comments", "-x"}));
}

TEST_F(RoundTripTest, CleanReplacesWhatStandsThere) {
  const TestDatabase source, copy;
  LoadShop(source);
  const TempDir dir;
  const std::string bale = dir.File("shop.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  ASSERT_TRUE(RestoreInto(copy, bale));
  copy.Execute("DELETE FROM shop.orders; DROP VIEW other.names");
  ASSERT_TRUE(RestoreInto(copy, bale, {"--clean", "--if-exists"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

// A role that may not read pg_largeobject itself reads by functions.
TEST_F(RoundTripTest, LargeObjectsOfAnUnprivilegedOwner) {
  const TestDatabase source, copy;
  const std::string role = absl::StrCat(source.name(), "_owner");
  source.Execute(absl::StrCat(
      "CREATE ROLE ", role, "; SET ROLE ", role,
      "; SELECT lo_from_bytea(0, decode(repeat('00ff17', n), 'hex'))"
      " FROM unnest(ARRAY[0, 1, 682, 683, 87381, 87382, 300000]) AS n"));
  const TempDir dir;
  EXPECT_TRUE(DumpAndVerify(source, dir.File("lo.bale"), {"--role", role}));
  EXPECT_TRUE(RestoreInto(copy, dir.File("lo.bale")));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
  for (const TestDatabase* database : {&source, &copy})
    database->Execute(absl::StrCat("DROP OWNED BY ", role,
                                   "; SELECT count(lo_unlink(oid)) FROM "
                                   "pg_largeobject_metadata"));
  source.Execute(absl::StrCat("DROP ROLE ", role));
}

}  // namespace
}  // namespace pgbale
