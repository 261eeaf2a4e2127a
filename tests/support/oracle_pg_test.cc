// The judge of all other tests: it must see whatever can get lost.

#include "gtest/gtest.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"

namespace pgbale {
namespace {

class OracleTest : public ServerTest {
 protected:
  OracleTest() {
    for (const TestDatabase* database : {&one_, &other_})
      database->Execute(R"(
        CREATE TABLE t (i integer, t text, "t.*" text);
        INSERT INTO t SELECT i, 'same', i FROM generate_series(1, 3) i;
        CREATE TABLE nothing ();
        INSERT INTO nothing DEFAULT VALUES;
        CREATE TYPE e AS ENUM ('x', 'y', 'z');
        CREATE TABLE hashed (a e, t text) PARTITION BY HASH (a);
        CREATE TABLE hashed_0 PARTITION OF hashed
          FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE hashed_1 PARTITION OF hashed
          FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO hashed SELECT a, 'same' FROM unnest(enum_range(NULL::e)) a;
        CREATE TABLE parent (i integer);
        CREATE TABLE child () INHERITS (parent);
        INSERT INTO child VALUES (1);
        CREATE MATERIALIZED VIEW m AS SELECT i, t FROM t;
        CREATE SEQUENCE s;
        SELECT lo_from_bytea(4711, 'octets');
      )");
  }

  bool Equal() const {
    return bool{EqualDatabases(one_.name(), other_.name())};
  }

  const TestDatabase one_, other_;
};

TEST_F(OracleTest, TheSameIsEqual) {
  EXPECT_TRUE(EqualDatabases(one_.name(), other_.name()));
  // In whatever order rows lie.
  other_.Execute("UPDATE t SET i = i WHERE i = 1");
  EXPECT_TRUE(EqualDatabases(one_.name(), other_.name()));
}

class OracleDifferenceTest : public OracleTest,
                             public ::testing::WithParamInterface<const char*> {
};

TEST_P(OracleDifferenceTest, IsSeen) {
  other_.Execute(GetParam());
  EXPECT_FALSE(Equal()) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    Each, OracleDifferenceTest,
    ::testing::Values(
        // Beside a column that has the name of the alias.
        "UPDATE t SET i = 4 WHERE i = 3",
        "UPDATE t SET \"t.*\" = 4 WHERE i = 3",
        "UPDATE t SET t = NULL WHERE i = 3", "DELETE FROM t WHERE i = 3",
        "INSERT INTO t SELECT * FROM t WHERE i = 3",
        // As many rows, but another one twice.
        "UPDATE t SET i = 2, \"t.*\" = 2 WHERE i = 3",
        "INSERT INTO nothing DEFAULT VALUES",
        "UPDATE hashed SET a = 'x' WHERE a = 'y'",
        "INSERT INTO parent VALUES (1); DELETE FROM child",
        "REFRESH MATERIALIZED VIEW m WITH NO DATA",
        "UPDATE t SET i = 4 WHERE i = 3; REFRESH MATERIALIZED VIEW m;"
        "UPDATE t SET i = 3 WHERE i = 4",
        "SELECT nextval('s')", "SELECT lo_put(4711, 0, 'O')",
        "SELECT lo_unlink(4711)", "GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC",
        "COMMENT ON LARGE OBJECT 4711 IS 'c'", "CREATE INDEX ON t (i)",
        "ALTER TABLE t ALTER i SET DEFAULT 1", "COMMENT ON TABLE t IS 'c'"));

}  // namespace
}  // namespace pgbale
