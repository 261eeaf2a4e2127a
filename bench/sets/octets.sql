-- Digests and small payloads.
CREATE TABLE octets (id integer NOT NULL, digest bytea, payload bytea);
INSERT INTO octets
SELECT n, sha256(n::text::bytea),
  convert_to(repeat(md5(pick(100000)::text), 1 + pick(20)), 'UTF8')
FROM generate_series(1, 6000 * :scale) AS n;
