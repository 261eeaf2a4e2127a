-- Measurements of 50 hosts every ten seconds: tags of few values, counters that
-- grow, floats that are rounded and floats that are not.
CREATE TABLE series (
  at timestamptz NOT NULL, host text NOT NULL, region text NOT NULL,
  cpu double precision NOT NULL, load real NOT NULL,
  temperature double precision, octets_in bigint NOT NULL,
  errors integer NOT NULL, up boolean NOT NULL);
INSERT INTO series
SELECT timestamptz '2024-01-01 00:00:00+00' + tick * interval '10 s'
    + pick(900) * interval '1 ms',
  'host-' || lpad(host::text, 3, '0') || '.example.com',
  (ARRAY['eu-west', 'eu-north', 'us-east', 'ap-south'])[1 + host % 4],
  pick(10000) / 100.0, (pick(800) / 100.0)::real,
  CASE WHEN pick(50) > 0 THEN 20 + 5 * sin(tick / 500.0) + random() END,
  tick::bigint * 125000 + host * 7000000000 + pick(90000), pick(300) / 297,
  pick(1000) > 0
FROM generate_series(0, 2400 * :scale - 1) AS tick,
  generate_series(1, 50) AS host
ORDER BY tick, host;
