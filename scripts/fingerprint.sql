-- One line for each thing in a database that holds data: what it is, how
-- much, and a digest. Two databases with the same data give the same lines,
-- in whatever order their rows lie. Definitions are pg_dump's to compare.
--
-- A digest is the sum of the first 60 bits of each row's MD5: a sum, so that
-- order does not matter and a row that is there twice counts twice.

\set QUIET on
\pset tuples_only on
\pset format unaligned
SET search_path = '';
SET TimeZone = 'UTC';
SET extra_float_digits = 3;

-- Partitions count for themselves, as do inheritance parents.
SELECT format(
  'SELECT %L, count(*),'
  ' sum((''x'' || substr(md5(t::text), 1, 15))::bit(60)::bigint::numeric)'
  ' FROM ONLY %s AS t',
  'table ' || oid::regclass, oid::regclass)
FROM pg_class
WHERE relkind IN ('r', 'm') AND relpersistence <> 't' AND relispopulated
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
