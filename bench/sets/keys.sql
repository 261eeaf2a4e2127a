-- A table between others: random keys and little else.
CREATE TABLE keys (
  id uuid NOT NULL, owner uuid NOT NULL, state smallint NOT NULL,
  amount numeric, at timestamp NOT NULL);
INSERT INTO keys
SELECT md5('key' || n)::uuid, md5('owner' || pick(1000 * :scale))::uuid,
  pick(6), CASE pick(4) WHEN 0 THEN NULL
    ELSE round((pick(1000000) / 1000.0)::numeric, pick(4)) END,
  timestamp '2020-01-01' + pick(100000000) * interval '1 s'
FROM generate_series(1, 25000 * :scale) AS n;
