-- Embeddings: 96 floats a row.
CREATE TABLE vectors (id integer NOT NULL, embedding real[] NOT NULL);
INSERT INTO vectors
SELECT n, (SELECT array_agg(((random() + random() + random() - 1.5) / 5)::real)
           FROM generate_series(1, 96 + 0 * n))
FROM generate_series(1, 3000 * :scale) AS n;
