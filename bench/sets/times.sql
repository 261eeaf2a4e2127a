-- When something began, ended, was seen, and for how long.
CREATE TABLE times (
  id integer NOT NULL, began timestamptz, ended timestamptz,
  seen timestamp, day date, took interval);
INSERT INTO times
SELECT n, at, at + took, (at + took) AT TIME ZONE 'UTC', at::date, took
FROM (SELECT n, timestamptz '2024-01-01 UTC' + n * interval '1.7 s'
        + random() * interval '1 s' AS at, pick(90000) * interval '1 s' AS took
      FROM generate_series(1, 25000 * :scale) AS n OFFSET 0) AS s;
