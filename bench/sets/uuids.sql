-- Who did what to whom: uuids alone.
CREATE TABLE uuids (id uuid, actor uuid, subject uuid);
INSERT INTO uuids
SELECT md5('id' || n)::uuid, md5('actor' || pick(1000))::uuid,
  md5('subject' || pick(100000000))::uuid
FROM generate_series(1, 25000 * :scale) AS n;
