-- Every extension that the server has, at once, with data of all their types:
-- a table for each type, an index for each operator class, and what hangs
-- together with them.

SET client_min_messages = error;

-- A member of an extension refuses to be in another schema: some go to a
-- schema with an ugly name, as users do.
CREATE SCHEMA "Extensions ""here""";

DO $$
DECLARE
  each record;
BEGIN
  FOR each IN
    SELECT name FROM pg_available_extensions
  LOOP
    BEGIN
      EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I %s CASCADE',
        each.name, CASE WHEN each.name IN ('citext', 'hstore', 'ltree', 'seg')
                   THEN 'WITH SCHEMA "Extensions ""here"""' ELSE '' END);
    EXCEPTION WHEN undefined_file OR object_not_in_prerequisite_state THEN
      RAISE NOTICE '%: %', each.name, SQLERRM;
    END;
  END LOOP;
END $$;

-- Texts of which each type takes some.
CREATE TABLE sample (value text);
INSERT INTO sample VALUES
  (''), ('a'), ('a=>1'), ('"a b"=>NULL, c=>"d\"e"'), ('Top.Science'),
  ('a.b.c'), ('*.b.*'), ('a & b*'), ('1'), ('0'), ('-1'), ('{1,2,3}'), ('{}'),
  ('(1,2)'), ('(1,2),(3,4)'), ('1.5 .. 2.5'), ('<1'), ('1 & 2'), ('(1|2)&!3'),
  ('9780306406157'), ('9771144875007'), ('4006381333931'),
  ('M-2306-7118-7'), ('036000291452'),
  ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), ('192.168.0.0/24'), ('abc'),
  ('ABC'), ('word'), ('2001-02-03');

CREATE SCHEMA types;
CREATE TABLE types.failures (type text, value text);
DO $$
DECLARE
  type record;
  value text;
BEGIN
  FOR type IN
    SELECT t.oid, t.oid::regtype::text AS name, t.typname, t.typarray,
      row_number() OVER (ORDER BY t.typname) AS number
    FROM pg_type t
    JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid
    WHERE d.deptype = 'e' AND t.typtype IN ('b', 'd', 'c', 'r', 'e')
      AND (t.typelem = 0 OR t.typsubscript::text <> 'array_subscript_handler')
      AND NOT EXISTS (SELECT FROM pg_class c
                      WHERE c.oid = t.typrelid AND c.relkind <> 'c')
  LOOP
    BEGIN
      EXECUTE format('CREATE TABLE types.%I (id serial, v %s, vs %2$s[],'
        ' CONSTRAINT known CHECK (num_nulls(v) = 0))',
        type.typname, type.name);
      EXECUTE format('CREATE DOMAIN types.%I AS %s',
        type.typname || ' domain', type.name);
      EXECUTE format('CREATE TYPE types.%I AS (a %s, b types.%I)',
        type.typname || ' pair', type.name, type.typname || ' domain');
      EXECUTE format('CREATE FUNCTION types.%I(a %s) RETURNS SETOF %2$s'
        ' LANGUAGE sql AS ''SELECT $1''',
        type.typname || ' twice', type.name);
      EXECUTE format('CREATE VIEW types.%I AS SELECT v, vs[1] AS first,'
        ' row(v, v)::types.%I AS pair FROM types.%I WHERE v IS NOT NULL',
        type.typname || ' view', type.typname || ' pair', type.typname);
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO types.failures VALUES (type.name, SQLERRM);
      CONTINUE;
    END;
    FOR value IN SELECT s.value FROM sample s LOOP
      BEGIN
        EXECUTE format('INSERT INTO types.%I (v, vs)'
          ' VALUES ($1::%s, ARRAY[$1::%2$s, NULL])',
          type.typname, type.name) USING value;
      EXCEPTION WHEN OTHERS THEN
        NULL;
      END;
    END LOOP;
  END LOOP;
END $$;

-- Each operator class of theirs as an index; some want other columns or
-- options, which is theirs to say.
CREATE SCHEMA classes;
CREATE TYPE types.mood AS ENUM ('sad', 'ok');
CREATE TABLE classes.failures (class text, problem text);
DO $$
DECLARE
  class record;
  value text;
BEGIN
  FOR class IN
    SELECT c.opcname, n.nspname, a.amname, t.oid::regtype::text AS type,
      CASE WHEN t.typname = 'anyenum' THEN 'types.mood'
           WHEN t.typtype = 'p' THEN 'integer[]'
           ELSE t.oid::regtype::text END AS column_type
    FROM pg_opclass c
    JOIN pg_am a ON a.oid = c.opcmethod
    JOIN pg_namespace n ON n.oid = c.opcnamespace
    JOIN pg_type t ON t.oid = c.opcintype
    JOIN pg_depend d ON d.classid = 'pg_opclass'::regclass AND d.objid = c.oid
    WHERE d.deptype = 'e'
    ORDER BY 1, 3
  LOOP
    BEGIN
      EXECUTE format('CREATE TABLE classes.%I (v %s)',
        class.opcname || ' ' || class.amname, class.column_type);
      EXECUTE format('CREATE INDEX ON classes.%I USING %I (v %I.%I)',
        class.opcname || ' ' || class.amname, class.amname, class.nspname,
        class.opcname);
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO classes.failures VALUES (class.opcname, SQLERRM);
    END;
    FOR value IN SELECT s.value FROM sample s LOOP
      BEGIN
        EXECUTE format('INSERT INTO classes.%I VALUES ($1::%s)',
          class.opcname || ' ' || class.amname, class.column_type)
          USING value;
      EXCEPTION WHEN OTHERS THEN
        NULL;
      END;
    END LOOP;
  END LOOP;
END $$;

-- Privileges and comments on members, and objects that hang on them.
CREATE ROLE torture_reader;
DO $$
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO torture_reader',
    (SELECT min(objid::regprocedure::text) FROM pg_depend
     WHERE deptype = 'e' AND classid = 'pg_proc'::regclass
       AND objid::regprocedure::text ~ '^pg'));
  EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC',
    (SELECT max(objid::regprocedure::text) FROM pg_depend
     WHERE deptype = 'e' AND classid = 'pg_proc'::regclass
       AND objid::regprocedure::text ~ '^g'));
END $$;
GRANT SELECT ON pg_stat_statements TO torture_reader;
COMMENT ON EXTENSION hstore IS 'not what it came with';
COMMENT ON EXTENSION ltree IS NULL;
CREATE SCHEMA moved;
ALTER EXTENSION pg_trgm SET SCHEMA moved;

CREATE TABLE document (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title "Extensions ""here""".citext UNIQUE,
  body text,
  path "Extensions ""here""".ltree,
  attributes "Extensions ""here""".hstore
    DEFAULT '"a"=>"1"'::"Extensions ""here""".hstore,
  period tstzrange,
  EXCLUDE USING gist (id WITH =, period WITH &&)
);
CREATE INDEX ON document USING gin (body moved.gin_trgm_ops);
CREATE INDEX ON document USING gist (path);
CREATE INDEX ON document USING gin (attributes);
CREATE INDEX ON document USING bloom ((id::integer), body)
  WITH (length = 80, col1 = 2, col2 = 4);
INSERT INTO document (title, body, path, attributes, period)
SELECT 'Title ' || i, repeat(chr(65 + i % 26), i), ('a.b' || i)::text::
  "Extensions ""here""".ltree,
  "Extensions ""here""".hstore('n', i::text),
  tstzrange('2020-01-01'::timestamptz + i * '1 day'::interval, NULL)
FROM generate_series(1, 500) AS i;
CREATE FUNCTION attribute(document) RETURNS text LANGUAGE sql IMMUTABLE AS
  'SELECT $1.attributes OPERATOR("Extensions ""here""".->) ''n''';
CREATE VIEW similar_documents AS
  SELECT a.id, b.id AS other FROM document a, document b
  WHERE a.body OPERATOR(moved.%) b.body AND a.title < b.title;
CREATE TRIGGER touched BEFORE UPDATE ON document FOR EACH ROW
  EXECUTE FUNCTION moddatetime(period);
CREATE TEXT SEARCH DICTIONARY numbers (TEMPLATE = intdict_template, MAXLEN = 3);

-- Foreign data that needs no other server.
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE passwords (name text, hash text, uid text, gid text,
  gecos text, home text, shell text) SERVER files
  OPTIONS (filename '/etc/passwd', format 'text', delimiter ':');
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw
  OPTIONS (host 'nowhere', dbname 'none', extensions 'hstore, ltree');
CREATE USER MAPPING FOR torture_reader SERVER elsewhere
  OPTIONS (user 'x', password 'it''s "quoted" \ here');
CREATE FOREIGN TABLE far (a integer OPTIONS (column_name 'A b'), b text)
  SERVER elsewhere OPTIONS (table_name 'far');
