-- One table of 200 columns, of types in turns; a quarter of the values is NULL.
SELECT 'CREATE TABLE wide AS SELECT ' || string_agg(format(
  (ARRAY[
    'n * %1$s AS c%1$s',
    'pick(%1$s000)::bigint AS c%1$s',
    'CASE WHEN pick(2) = 0 THEN ''value '' || pick(1000) END AS c%1$s',
    'timestamptz ''2024-01-01'' + pick(100000000) * interval ''1 s'' AS c%1$s',
    'CASE WHEN pick(2) = 0 THEN (pick(1000000) / 100.0)::numeric(12,2) END'
      ' AS c%1$s',
    'pick(100000) / 8.0::float8 AS c%1$s',
    'pick(2) = 0 AS c%1$s',
    'NULL::integer AS c%1$s'
  ])[1 + c % 8], c), ', ' ORDER BY c)
  || format(' FROM generate_series(1, %s) AS n', 2000 * :scale)
FROM generate_series(1, 200) AS c \gexec
