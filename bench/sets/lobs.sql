-- Many large objects that are small.
SELECT count(lo_from_bytea(0,
  convert_to(repeat(md5(n::text) || ' ', 1 + pick(40)), 'UTF8')))
FROM generate_series(1, 10000 * :scale) AS n;
