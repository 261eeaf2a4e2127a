-- Prose of a few hundred words, with a title and tags.
CREATE TABLE articles (
  id bigint NOT NULL, title text NOT NULL, body text NOT NULL, tags text[]);
INSERT INTO articles
SELECT n, initcap(words(4)), words(60 + pick(300)),
  (SELECT array_agg(words(1)) FROM generate_series(1, pick(5) + 0 * n))
FROM generate_series(1, 1500 * :scale) AS n;
