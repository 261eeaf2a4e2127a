-- pgTAP, with its tests of the user's in a schema.

CREATE SCHEMA tap;
CREATE EXTENSION pgtap WITH SCHEMA tap;
CREATE SCHEMA test;
CREATE TABLE test.account (id integer PRIMARY KEY, balance numeric NOT NULL);
INSERT INTO test.account SELECT i, i * 1.5 FROM generate_series(1, 50) AS i;
CREATE FUNCTION test.test_account() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT tap.has_table('test'::name, 'account'::name);
  SELECT tap.col_is_pk('test'::name, 'account'::name, 'id'::name, 'its key');
$$;
CREATE VIEW test.functions AS SELECT * FROM tap.tap_funky;
GRANT SELECT ON test.functions TO PUBLIC;
