-- Extensions that keep the user's rows in configuration tables, some in
-- partitions or queues that their functions make: pgq, pg_partman, orafce,
-- powa, table_log; and types and access methods: ip4r, rum, rational.

SET client_min_messages = error;

CREATE EXTENSION orafce;
INSERT INTO utl_file.utl_file_dir VALUES ('/tmp/none', 'none');
CREATE TABLE ora (v oracle.varchar2(10), n oracle.nvarchar2(10), d oracle.date);
INSERT INTO ora VALUES ('a', 'b', '2020-01-02 03:04:05');

CREATE EXTENSION powa CASCADE;

CREATE EXTENSION pgq;
SELECT pgq.create_queue('first');
SELECT pgq.create_queue('second "queue"');
SELECT pgq.register_consumer('first', 'someone');
SELECT pgq.insert_event('first', 'kind', 'data ' || i)
FROM generate_series(1, 30) AS i;
SELECT pgq.ticker();

CREATE SCHEMA partman;
CREATE EXTENSION pg_partman WITH SCHEMA partman;
CREATE TABLE measurement (at timestamptz NOT NULL, value double precision)
  PARTITION BY RANGE (at);
CREATE INDEX ON measurement (at);
SELECT partman.create_parent('public.measurement', 'at', 'native', 'monthly');
INSERT INTO measurement
SELECT now() + i * '3 hours'::interval, i FROM generate_series(1, 100) AS i;

CREATE EXTENSION table_log;
CREATE TABLE logged (id integer PRIMARY KEY, v text);
SELECT table_log_init(5, 'logged');
INSERT INTO logged SELECT i, 'x' FROM generate_series(1, 9) AS i;

CREATE EXTENSION ip4r;
CREATE TABLE network (a ip4, b ip4r, c ip6, d ip6r, e ipaddress, f iprange,
  EXCLUDE USING gist (f WITH &&));
INSERT INTO network VALUES ('10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32',
  '10.0.0.1', '10.1.0.0/16');
CREATE EXTENSION rum;
CREATE TABLE searched (t tsvector, d timestamp);
CREATE INDEX ON searched USING rum (t rum_tsvector_addon_ops, d)
  WITH (attach = 'd', to = 't');
INSERT INTO searched VALUES ('a b c', '2020-01-01');
CREATE EXTENSION pg_rational;
CREATE TABLE ordered (id integer, place rational);
INSERT INTO ordered SELECT i, row(i, i + 1)::ratt::rational
FROM generate_series(1, 20) AS i;

CREATE EXTENSION plperl;
CREATE EXTENSION plpython3u;
CREATE EXTENSION pltcl;
CREATE FUNCTION perl_reverse(text) RETURNS text LANGUAGE plperl AS
  $perl$ my $s = reverse $_[0]; return "\\$s$$"; $perl$;
CREATE FUNCTION python_pair(integer) RETURNS TABLE (a integer, b text)
  LANGUAGE plpython3u AS $python$
  return [(args[0], "it's"), (None, '\n')]
$python$;
