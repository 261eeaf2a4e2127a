-- The accounts of pgbench: narrow integers and a filler of blanks.
CREATE TABLE accounts (
  aid integer NOT NULL, bid integer, abalance integer, filler char(84));
INSERT INTO accounts
SELECT n, (n - 1) / 100000 + 1, pick(100000) - 50000, ''
FROM generate_series(1, 40000 * :scale) AS n;
