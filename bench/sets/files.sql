-- Octets that do not compress, and octets that do.
CREATE TABLE files (name text NOT NULL, content bytea NOT NULL);
INSERT INTO files
SELECT 'files/' || n % 20 || '/' || md5(n::text) || '.bin',
  CASE n % 3
    WHEN 0 THEN convert_to(words(150 + pick(300)), 'UTF8')
    ELSE (SELECT string_agg(decode(md5(n || '/' || i), 'hex'), '')
          FROM generate_series(1, 60 + pick(200)) AS i) END
FROM generate_series(1, 700 * :scale) AS n;
