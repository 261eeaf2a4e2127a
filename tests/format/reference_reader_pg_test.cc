// What the program dumps can be read by docs/format.md alone.

#include <unistd.h>

#include <string>

#include "tests/format/reference_reader.h"
#include "tests/format/same_archive.h"
#include "tests/support/oracle.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

class ReferenceReaderPgTest : public ServerTest {};

TEST_F(ReferenceReaderPgTest, ReadsTheDumpOfADatabase) {
  const TestDatabase source;
  source.Execute(R"(
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    CREATE TABLE many (i integer PRIMARY KEY, b bigint, s smallint, n numeric,
      f float8, r float4, t text, v varchar(20), d date, ts timestamptz,
      iv interval, u uuid, j jsonb, a integer[], x bytea, m mood, p point,
      ok boolean, words text[], addr inet);
    INSERT INTO many SELECT i, i * 1000000007::bigint, i % 100, i / 100.0,
      sqrt(i), i / 8.0, md5(i::text), 'word ' || i % 7, date '2000-01-01' + i,
      timestamptz '2020-01-01 UTC' + i * interval '7 s', i * interval '1 min',
      gen_random_uuid(), jsonb_build_object('id', i, 'tag', 'x' || i % 5),
      ARRAY[i, i + 1], sha256(i::text::bytea), 'ok', point(i, -i), i % 3 = 0,
      ARRAY['a', i::text], ('10.0.' || i % 256 || '.1')::inet
      FROM generate_series(1, 5000) i;
    UPDATE many SET n = 'NaN', f = 'Infinity', t = NULL, j = NULL, a = '{}'
      WHERE i % 11 = 0;
    CREATE TABLE texts AS SELECT i::text AS number, n::text AS numeric,
      ts::text AS time FROM many;
    CREATE TABLE nothing ();
    INSERT INTO nothing DEFAULT VALUES;
    CREATE TABLE empty (i integer);
    CREATE VIEW v AS SELECT i, t FROM many;
    SELECT lo_from_bytea(4711, decode(repeat('0badcafe', 10000), 'hex'));
  )");
  const TempDir dir;
  for (const char* const level : {"-Z0", "-Z1"}) {
    ASSERT_TRUE(DumpAndVerify(source, dir.File("a.bale"), {level}));
    const std::string octets = dir.Read("a.bale");
    format_test::ExpectReferenceReadsTheSame(
        Buffer(octets.begin(), octets.end()));
    ASSERT_EQ(unlink(dir.File("a.bale").c_str()), 0);
  }
}

}  // namespace
}  // namespace pgbale
