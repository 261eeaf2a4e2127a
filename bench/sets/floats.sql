-- Floats of all digits and floats that were rounded.
CREATE TABLE floats (
  id integer NOT NULL, a double precision, b double precision,
  c double precision, d real, e real, f double precision);
INSERT INTO floats
SELECT n, random(), random() * 1e6, sin(n), random()::real,
  (pick(1000) / 10.0)::real, pick(100000) / 100.0
FROM generate_series(1, 25000 * :scale) AS n;
