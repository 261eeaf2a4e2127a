-- Many tables of few rows: what a table costs, not what a row does.
SELECT format('CREATE TABLE small_%s (id integer PRIMARY KEY, name text, '
  'at timestamptz)', n)
FROM generate_series(1, 100 * :scale) AS n \gexec
SELECT format('INSERT INTO small_%s SELECT i, ''name '' || pick(1000000), '
  'timestamptz ''2024-01-01'' + pick(1000000) * interval ''1 s'' '
  'FROM generate_series(1, 20) AS i', n)
FROM generate_series(1, 100 * :scale) AS n \gexec
