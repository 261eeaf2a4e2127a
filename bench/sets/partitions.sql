-- Readings of 500 days, a partition a day.
CREATE TABLE readings (
  at timestamptz NOT NULL, sensor integer NOT NULL,
  value double precision NOT NULL, note text)
PARTITION BY RANGE (at);
SELECT format('CREATE TABLE readings_%s PARTITION OF readings '
  'FOR VALUES FROM (%L) TO (%L)', day, timestamptz '2024-01-01 UTC'
  + day * interval '1 day', timestamptz '2024-01-01 UTC'
  + (day + 1) * interval '1 day')
FROM generate_series(0, 499) AS day \gexec
INSERT INTO readings
SELECT timestamptz '2024-01-01 UTC' + n % 500 * interval '1 day'
  + pick(86400) * interval '1 s', pick(1000), pick(100000) / 1000.0,
  CASE WHEN pick(4) = 0 THEN 'checked by ' || pick(50) END
FROM generate_series(1, 50000 * :scale) AS n;
CREATE INDEX ON readings (sensor, at);
