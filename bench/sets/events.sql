-- What a web application logs: jsonb of a few shapes.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL,
  body jsonb NOT NULL);
INSERT INTO events (at, body)
SELECT timestamptz '2024-03-01 00:00:00+00' + n * interval '137 ms'
    + pick(1000) * interval '0.1 ms',
  jsonb_build_object(
    'type', (ARRAY['view', 'click', 'search', 'purchase'])[1 + pick(4)],
    'user', jsonb_build_object('id', pick(50000), 'plan',
      (ARRAY['free', 'pro', 'team'])[1 + pick(3)]),
    'path', '/' || words(1) || '/' || pick(10000), 'ms', pick(3000),
    'agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:' || 90 + pick(40)
      || '.0) Gecko/20100101',
    'session', md5((n / 20)::text))
  || CASE WHEN pick(3) = 0 THEN jsonb_build_object('query', words(3),
      'results', pick(400)) ELSE '{}' END
FROM generate_series(1, 25000 * :scale) AS n;
