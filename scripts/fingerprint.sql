-- One line for each thing in a database that holds data: what it is, how
-- much, and a digest. Two databases with the same data give the same lines,
-- in whatever order their rows lie. Definitions are pg_dump's to compare.
--
-- A digest is the sum of the first 60 bits of each row's MD5: a sum, so that
-- order does not matter and a row that is there twice counts twice. The row is
-- "t.*": "t" alone is a column, in a table that has one of that name.

\set QUIET on
\pset tuples_only on
\pset format unaligned
SET search_path = '';
SET TimeZone = 'UTC';
SET extra_float_digits = 3;

-- Partitions count for themselves, as do inheritance parents; but those below
-- a hash-partitioned table as a whole: where a row of an enum is hashed to
-- depends on numbers that differ from database to database.
WITH hashed AS (
  SELECT c.oid, c.oid <> a.relid AS below
  FROM pg_class AS c, pg_partition_ancestors(c.oid) AS a
  JOIN pg_partitioned_table AS p ON p.partrelid = a.relid
  WHERE p.partstrat = 'h'
)
SELECT format(
  'SELECT %L, count(*),'
  ' sum((''x'' || substr(md5((t.*)::text), 1, 15))::bit(60)::bigint::numeric)'
  ' FROM %s %s AS t',
  'table ' || oid::regclass,
  CASE WHEN relkind = 'p' THEN '' ELSE 'ONLY' END, oid::regclass)
FROM pg_class
WHERE (relkind IN ('r', 'm')
       OR relkind = 'p' AND oid IN (SELECT oid FROM hashed))
  AND oid NOT IN (SELECT oid FROM hashed WHERE below)
  AND relpersistence <> 't' AND relispopulated
  AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
ORDER BY oid::regclass::text \gexec

SELECT format('SELECT %L, last_value, is_called FROM %s',
              'sequence ' || oid::regclass, oid::regclass)
FROM pg_class
WHERE relkind = 'S' AND relpersistence <> 't'
ORDER BY oid::regclass::text \gexec

-- pg_dump --schema-only leaves out large objects with all that they have.
SELECT 'large object ' || oid, length(lo_get(oid)), md5(lo_get(oid)),
       lomowner::regrole, obj_description(oid, 'pg_largeobject'),
       (SELECT string_agg(right_::text, ' ' ORDER BY right_::text)
        FROM unnest(lomacl) AS right_)
FROM pg_largeobject_metadata
ORDER BY oid;
