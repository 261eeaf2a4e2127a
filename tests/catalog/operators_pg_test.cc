// What pg_dump leaves out, so that no comparison by it shows it: members that
// users added to operator families of the system and of extensions, languages
// with handlers that are not dumped.

#include <string>

#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

class OperatorsTest : public ServerTest {
 protected:
  // What `sql` prints is the same in a restored copy of what `script` makes,
  // and once more after a restore with `again` over what is there.
  static void ExpectSame(const std::string& script, const std::string& sql,
                         const Words& again = {"--clean"}) {
    const TestDatabase source, copy;
    source.Execute(script);
    const TempDir dir;
    const std::string bale = dir.File("source.bale");
    ASSERT_TRUE(DumpAndVerify(source, bale));
    ASSERT_TRUE(RestoreInto(copy, bale));
    EXPECT_NE(source.Query(sql), "");
    EXPECT_EQ(source.Query(sql), copy.Query(sql));
    if (again.empty()) return;
    ASSERT_TRUE(RestoreInto(copy, bale, again));
    EXPECT_EQ(source.Query(sql), copy.Query(sql));
  }
};

// Every member that initdb did not make, and who it depends on.
constexpr char kMembers[] = R"(
  SELECT f.opfname, o.amopstrategy::text, o.amopopr::regoperator::text,
    d.refclassid::regclass, d.deptype
  FROM pg_amop o JOIN pg_opfamily f ON f.oid = o.amopfamily
  LEFT JOIN pg_depend d ON d.objid = o.oid AND d.classid = 'pg_amop'::regclass
  WHERE o.oid >= 16384
  UNION ALL
  SELECT f.opfname, p.amprocnum::text, p.amproc::regprocedure::text,
    d.refclassid::regclass, d.deptype
  FROM pg_amproc p JOIN pg_opfamily f ON f.oid = p.amprocfamily
  LEFT JOIN pg_depend d ON d.objid = p.oid
    AND d.classid = 'pg_amproc'::regclass
  WHERE p.oid >= 16384
  ORDER BY 1, 2, 3, 4, 5
)";

TEST_F(OperatorsTest, MembersAddedToAFamilyOfTheSystemComeBack) {
  ExpectSame(R"(
    CREATE TYPE pair AS (a integer, b integer);
    CREATE FUNCTION below(integer, pair) RETURNS boolean
      LANGUAGE sql IMMUTABLE AS 'SELECT $1 < $2.a';
    CREATE FUNCTION compare(integer, pair) RETURNS integer
      LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2.a)';
    CREATE OPERATOR <~ (
      FUNCTION = below, LEFTARG = integer, RIGHTARG = pair);
    ALTER OPERATOR FAMILY integer_ops USING btree ADD
      OPERATOR 1 <~ (integer, pair),
      FUNCTION 1 (integer, pair) compare(integer, pair);
    ALTER OPERATOR FAMILY integer_ops USING hash ADD
      FUNCTION 1 (bit, bit) hashvarlena(internal);
    CREATE OPERATOR CLASS odd FOR TYPE box USING gist
      FAMILY pg_catalog.circle_ops AS
      OPERATOR 3 &&(box, box),
      FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal),
      FUNCTION 2 gist_box_union(internal, internal),
      FUNCTION 5 gist_box_penalty(internal, internal, internal),
      FUNCTION 6 gist_box_picksplit(internal, internal),
      FUNCTION 7 gist_box_same(box, box, internal);
  )",
             kMembers);
}

TEST_F(OperatorsTest, MembersAddedToAFamilyOfAnExtensionComeBack) {
  ExpectSame(R"(
    CREATE EXTENSION btree_gist;
    CREATE FUNCTION far(integer, integer) RETURNS boolean
      LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) > 100';
    CREATE OPERATOR <~~> (
      FUNCTION = far, LEFTARG = integer, RIGHTARG = integer);
    ALTER OPERATOR FAMILY gist_int4_ops USING gist ADD
      OPERATOR 20 <~~> (integer, integer);
  )",
             kMembers);
}

// Nobody created the shells, so --clean has no statement that drops them, and
// cannot drop their schema.
TEST_F(OperatorsTest, AShellOperatorComesWithTheOneThatNamesIt) {
  ExpectSame(R"(
    CREATE SCHEMA s;
    CREATE FUNCTION f(integer, integer) RETURNS boolean
      LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE OPERATOR <~> (
      FUNCTION = f, LEFTARG = integer, RIGHTARG = integer,
      COMMUTATOR = OPERATOR(s.>~<), NEGATOR = OPERATOR(s.!<~>));
  )",
             R"(
    SELECT o.oid::regoperator, o.oprcode, o.oprcom::regoperator,
      o.oprnegate::regoperator
    FROM pg_operator o WHERE oid >= 16384 ORDER BY oprname
  )",
             {});
}

TEST_F(OperatorsTest, ALanguageWithHandlersOfTheSystemComesBack) {
  ExpectSame(R"(
    CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler
      INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
    CREATE FUNCTION f() RETURNS integer LANGUAGE mine
      AS 'BEGIN RETURN 1; END';
  )",
             R"(
    SELECT lanname, lanpltrusted, lanplcallfoid::regproc, laninline::regproc,
      lanvalidator::regproc, f()
    FROM pg_language WHERE lanname = 'mine'
  )");
}

TEST_F(OperatorsTest, PrivilegesOnALanguageOfTheSystemComeBack) {
  const TestDatabase source, copy;
  source.Execute("REVOKE USAGE ON LANGUAGE sql FROM PUBLIC");
  const TempDir dir;
  ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale")));
  ASSERT_TRUE(RestoreInto(copy, dir.File("a.bale")));
  constexpr char kAcl[] = "SELECT lanacl FROM pg_language WHERE lanname='sql'";
  EXPECT_NE(source.Query(kAcl), "");
  EXPECT_EQ(source.Query(kAcl), copy.Query(kAcl));
}

// Neither the access method nor the types are in the target.
TEST_F(OperatorsTest, CleanToleratesAnEmptyTarget) {
  const TestDatabase source, copy;
  source.Execute(R"(
    CREATE ACCESS METHOD tree TYPE INDEX HANDLER gisthandler;
    CREATE TYPE pair AS (a integer, b integer);
    CREATE FUNCTION f(pair, pair) RETURNS boolean
      LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION to_integer(pair) RETURNS integer
      LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE OPERATOR <~> (FUNCTION = f, LEFTARG = pair, RIGHTARG = pair);
    CREATE OPERATOR FAMILY loose USING tree;
    CREATE OPERATOR CLASS pairs FOR TYPE pair USING tree AS
      OPERATOR 1 <~> (pair, pair);
    ALTER OPERATOR FAMILY box_ops USING gist ADD
      OPERATOR 1 <~> (pair, pair);
    CREATE CAST (pair AS integer) WITH FUNCTION to_integer(pair);
    CREATE FUNCTION call_handler() RETURNS language_handler
      LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
    CREATE LANGUAGE mine HANDLER call_handler;
    CREATE FUNCTION from_it(internal) RETURNS internal
      LANGUAGE internal IMMUTABLE AS 'varchar_support';
    CREATE TRANSFORM FOR pair LANGUAGE mine
      (FROM SQL WITH FUNCTION from_it(internal));
    CREATE SCHEMA s;
    CREATE CONVERSION s.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
    CREATE TABLE counted AS SELECT 1 AS a;
  )");
  const TempDir dir;
  const std::string bale = dir.File("source.bale");
  ASSERT_TRUE(DumpAndVerify(source, bale));
  EXPECT_TRUE(RestoreInto(copy, bale, {"--clean", "--if-exists"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
  EXPECT_TRUE(RestoreInto(copy, bale, {"--clean", "--if-exists"}));
  EXPECT_TRUE(EqualDatabases(source.name(), copy.name()));
}

}  // namespace
}  // namespace pgbale
