-- The demo database: Debian's package index as an application would keep it.
-- scripts/demo-data.sh runs this as a superuser, then loads the rows, then
-- runs demo-derive.sql. The schema is broad on purpose: nearly every kind of
-- object that a dump has to carry is here, each where it has a use.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['demo_owner', 'demo_writer', 'demo_reader']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
  END LOOP;
END
$$;

-- Before 15, one NULL is never like another.
SELECT CASE WHEN :SERVER_VERSION_NUM >= 150000 THEN 'NULLS NOT DISTINCT'
       ELSE '' END AS nulls \gset

CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;

CREATE SCHEMA archive AUTHORIZATION demo_owner;
CREATE SCHEMA people AUTHORIZATION demo_owner;
CREATE SCHEMA search AUTHORIZATION demo_owner;
CREATE SCHEMA audit AUTHORIZATION demo_owner;
CREATE SCHEMA documents AUTHORIZATION demo_owner;
COMMENT ON SCHEMA archive IS 'packages and how they depend on each other';
COMMENT ON SCHEMA documents IS 'files, kept as large objects';

SET ROLE demo_owner;

GRANT USAGE ON SCHEMA archive, people, search, documents
  TO demo_reader, demo_writer;
GRANT USAGE ON SCHEMA audit TO demo_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE demo_owner IN SCHEMA archive, people
  GRANT SELECT ON TABLES TO demo_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE demo_owner IN SCHEMA archive
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO demo_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE demo_owner
  REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE demo_owner IN SCHEMA archive, search
  GRANT EXECUTE ON FUNCTIONS TO demo_reader, demo_writer;

-- Types ---------------------------------------------------------------------

CREATE TYPE archive.priority AS ENUM
  ('required', 'important', 'standard', 'optional', 'extra');
CREATE TYPE archive.multi_arch AS ENUM ('same', 'foreign', 'allowed', 'no');
CREATE TYPE archive.relation_kind AS ENUM
  ('depends', 'pre-depends', 'recommends', 'suggests', 'enhances',
   'breaks', 'conflicts', 'replaces', 'provides');
COMMENT ON TYPE archive.relation_kind IS 'named as the index''s fields are';

CREATE DOMAIN archive.version AS text COLLATE "C"
  CONSTRAINT version_syntax CHECK (VALUE ~ '^([0-9]+:)?[0-9A-Za-z.+:~-]+$');
COMMENT ON DOMAIN archive.version IS '[epoch:]upstream[-revision]';
CREATE DOMAIN archive.md5 AS bytea CHECK (octet_length(VALUE) = 16);
CREATE DOMAIN archive.sha256 AS bytea CHECK (octet_length(VALUE) = 32);
CREATE DOMAIN people.email_address AS text
  CONSTRAINT has_at_sign CHECK (VALUE LIKE '%@%');

CREATE TYPE archive.version_parts AS (
  epoch integer,
  upstream text,
  revision text COLLATE "C"
);
COMMENT ON COLUMN archive.version_parts.revision IS 'of the packaging';

CREATE TYPE archive.size_range AS RANGE (
  SUBTYPE = bigint,
  MULTIRANGE_TYPE_NAME = archive.size_multirange
);

-- Functions -----------------------------------------------------------------

CREATE FUNCTION archive.split_version(version text)
  RETURNS archive.version_parts
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ROW(
  coalesce(substring(version from '^([0-9]+):')::integer, 0),
  regexp_replace(regexp_replace(version, '^[0-9]+:', ''), '-[^-]*$', ''),
  substring(version from '-([^-]*)$')
)::archive.version_parts;
COMMENT ON FUNCTION archive.split_version(text) IS
  'epoch, upstream version and revision';

CREATE FUNCTION archive.human_size(bytes bigint) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN bytes < 1024 THEN bytes || ' B'
    WHEN bytes < 1048576 THEN round(bytes / 1024.0, 1) || ' KiB'
    ELSE round(bytes / 1048576.0, 1) || ' MiB'
  END;
END;

CREATE FUNCTION search.join_tags(so_far text[], more text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT array(SELECT unnest(so_far) UNION SELECT unnest(more) ORDER BY 1)';

CREATE AGGREGATE search.all_tags(text[]) (
  SFUNC = search.join_tags,
  STYPE = text[],
  INITCOND = '{}',
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE search.all_tags(text[]) IS 'each tag once, sorted';

CREATE FUNCTION audit.record() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp
AS $$
DECLARE
  before jsonb;
  after jsonb;
BEGIN
  IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
  INSERT INTO event (table_name, action, row_before, row_after)
  VALUES (TG_RELID::regclass, left(TG_OP, 1), before,
          jsonb_strip_nulls(after) - '{md5,sha256,description_md5}'::text[]);
  RETURN NULL;
END
$$;

-- People --------------------------------------------------------------------

CREATE TABLE people.maintainer (
  maintainer_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email people.email_address,
  is_team boolean GENERATED ALWAYS AS
    (email ~ '@(lists|alioth-lists|tracker)\.|^(team|pkg)[+-]') STORED,
  known_since timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT maintainer_is_known_once
    UNIQUE :nulls (email, name)
);
COMMENT ON TABLE people.maintainer IS 'a person or a team';
COMMENT ON COLUMN people.maintainer.is_team IS
  'guessed from the address; e.g. "…@lists.debian.org"';
CREATE INDEX maintainer_host ON people.maintainer
  (split_part(email, '@', 2)) WHERE NOT is_team;
COMMENT ON INDEX people.maintainer_host IS 'persons by their mail''s host';

-- Packages ------------------------------------------------------------------

CREATE TABLE archive.section (
  section_id smallserial PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE archive.source (
  source_id integer GENERATED BY DEFAULT AS IDENTITY
    (START WITH 1000 INCREMENT BY 1 CACHE 20) PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  version archive.version,
  UNIQUE :nulls (name, version)
);
COMMENT ON COLUMN archive.source.version IS
  'NULL: that of the packages which are built from it';

CREATE TABLE archive.package (
  package_id bigserial PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  version archive.version NOT NULL,
  architecture text NOT NULL,
  section_id smallint NOT NULL REFERENCES archive.section,
  source_id integer NOT NULL REFERENCES archive.source,
  maintainer_id integer NOT NULL
    REFERENCES people.maintainer ON UPDATE CASCADE ON DELETE RESTRICT,
  priority archive.priority NOT NULL,
  multi_arch archive.multi_arch NOT NULL DEFAULT 'no',
  essential boolean NOT NULL DEFAULT false,
  size_bytes bigint NOT NULL CHECK (size_bytes > 0),
  installed_bytes bigint,
  growth numeric(12, 4) GENERATED ALWAYS AS
    (round(installed_bytes::numeric / size_bytes, 4)) STORED,
  parts archive.version_parts GENERATED ALWAYS AS
    (archive.split_version(version)) STORED,
  summary text NOT NULL,
  homepage text,
  filename text NOT NULL,
  description_md5 archive.md5,
  md5 archive.md5,
  sha256 archive.sha256,
  tags text[] NOT NULL DEFAULT '{}',
  other_fields jsonb NOT NULL DEFAULT '{}',
  indexed_at timestamp NOT NULL DEFAULT localtimestamp(3),
  CONSTRAINT package_is_listed_once UNIQUE (name, version, architecture),
  CONSTRAINT all_is_no_machine
    CHECK (architecture <> 'any') NO INHERIT
);
COMMENT ON TABLE archive.package IS 'binary packages, one row a version';
COMMENT ON COLUMN archive.package.growth IS 'installed size / archive size';
COMMENT ON CONSTRAINT package_is_listed_once ON archive.package IS
  'an index never lists a package twice';
CREATE INDEX package_source ON archive.package (source_id);
CREATE INDEX package_maintainer ON archive.package (maintainer_id)
  INCLUDE (name);
CREATE INDEX package_essential ON archive.package (name) WHERE essential;
CREATE INDEX package_size ON archive.package (size_bytes DESC NULLS LAST);
CREATE INDEX package_tags ON archive.package USING gin (tags);
CREATE INDEX package_other_fields ON archive.package
  USING gin (other_fields jsonb_path_ops);
CREATE INDEX package_name_like ON archive.package
  USING gin (name public.gin_trgm_ops);
CREATE INDEX package_homepage_host ON archive.package
  (lower(substring(homepage from '//([^/]+)')));
CREATE STATISTICS archive.package_kind (ndistinct, dependencies, mcv)
  ON section_id, priority, maintainer_id FROM archive.package;
COMMENT ON STATISTICS archive.package_kind IS
  'maintainers keep to their sections';
CREATE STATISTICS archive.package_name_length
  ON length(name), left(name, 3) FROM archive.package;
ALTER TABLE archive.package
  ALTER COLUMN maintainer_id SET STATISTICS 400,
  ALTER COLUMN other_fields SET STORAGE EXTERNAL,
  SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE archive.relation (
  kind archive.relation_kind NOT NULL,
  package_id bigint NOT NULL REFERENCES archive.package ON DELETE CASCADE,
  clause smallint NOT NULL,
  choice smallint NOT NULL,
  target_name text COLLATE "C" NOT NULL,
  operator text CHECK (operator IN ('<<', '<=', '=', '>=', '>>')),
  bound archive.version,
  target_id bigint CONSTRAINT target_is_listed
    REFERENCES archive.package DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (kind, package_id, clause, choice),
  CONSTRAINT bound_has_operator
    CHECK ((operator IS NULL) = (bound IS NULL))
) PARTITION BY LIST (kind);
COMMENT ON TABLE archive.relation IS
  'what a package needs or excludes: all clauses, one choice in each';
CREATE INDEX relation_target ON archive.relation (target_id);
CREATE TABLE archive.relation_depends PARTITION OF archive.relation
  FOR VALUES IN ('depends', 'pre-depends') PARTITION BY HASH (package_id);
CREATE TABLE archive.relation_depends_0 PARTITION OF archive.relation_depends
  FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE archive.relation_depends_1 PARTITION OF archive.relation_depends
  FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE archive.relation_depends_2 PARTITION OF archive.relation_depends
  FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE archive.relation_depends_3 PARTITION OF archive.relation_depends
  FOR VALUES WITH (MODULUS 4, REMAINDER 3);
CREATE TABLE archive.relation_wishes PARTITION OF archive.relation
  FOR VALUES IN ('recommends', 'suggests', 'enhances');
CREATE TABLE archive.relation_other PARTITION OF archive.relation DEFAULT;

CREATE TABLE archive.note (
  note_id bigserial,
  package_id bigint NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (note_id)
);
CREATE TABLE archive.security_note (
  supersedes archive.version,
  PRIMARY KEY (note_id),
  FOREIGN KEY (package_id) REFERENCES archive.package ON DELETE CASCADE
) INHERITS (archive.note);
COMMENT ON TABLE archive.security_note IS 'updates out of the usual round';

CREATE TABLE archive.size_class (
  section_id smallint NOT NULL REFERENCES archive.section,
  label text NOT NULL,
  bounds archive.size_range NOT NULL,
  CONSTRAINT classes_do_not_overlap
    EXCLUDE USING gist (section_id WITH =, bounds WITH &&)
);
COMMENT ON CONSTRAINT classes_do_not_overlap ON archive.size_class IS
  'each size has at most one class in a section';

-- Search --------------------------------------------------------------------

CREATE TABLE search.document (
  package_id bigint PRIMARY KEY
    REFERENCES archive.package ON DELETE CASCADE,
  title text NOT NULL,
  body text NOT NULL,
  words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple', title), 'A') ||
    setweight(to_tsvector('pg_catalog.english', body), 'B')) STORED
);
CREATE INDEX document_words ON search.document USING gin (words);

CREATE UNLOGGED TABLE search.query_cache (
  query tsquery PRIMARY KEY,
  hits bigint[] NOT NULL,
  best_rank real,
  kept_until timestamptz NOT NULL DEFAULT now() + interval '1 hour'
);

CREATE FUNCTION search.follow_package() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO search.document AS old (package_id, title, body)
  VALUES (NEW.package_id, NEW.name, NEW.summary)
  ON CONFLICT (package_id) DO UPDATE
    SET title = EXCLUDED.title, body = EXCLUDED.body;
  RETURN NULL;
END
$$;
CREATE TRIGGER search_follows
  AFTER INSERT OR UPDATE OF name, summary ON archive.package
  FOR EACH ROW EXECUTE FUNCTION search.follow_package();

CREATE VIEW search.package_overview AS
  SELECT package_id, package.name, package.version, section.name AS section,
         maintainer.name AS maintainer, priority, size_bytes,
         archive.human_size(size_bytes) AS size, summary
  FROM archive.package
    JOIN archive.section USING (section_id)
    JOIN people.maintainer USING (maintainer_id);
COMMENT ON VIEW search.package_overview IS 'what a list of hits shows';
CREATE RULE overview_deletes_package AS
  ON DELETE TO search.package_overview DO INSTEAD
  DELETE FROM archive.package WHERE package.package_id = OLD.package_id;

CREATE VIEW search.large_package WITH (security_barrier) AS
  SELECT * FROM search.package_overview WHERE size_bytes > 50 * 1048576;

CREATE MATERIALIZED VIEW search.maintainer_summary AS
  SELECT maintainer.maintainer_id, maintainer.name, count(*) AS packages,
         sum(size_bytes) AS bytes, avg(growth) AS growth,
         search.all_tags(tags) FILTER (WHERE tags <> '{}') AS tags
  FROM archive.package JOIN people.maintainer USING (maintainer_id)
  GROUP BY maintainer.maintainer_id
WITH NO DATA;
CREATE UNIQUE INDEX maintainer_summary_key
  ON search.maintainer_summary (maintainer_id);
CREATE INDEX maintainer_summary_packages
  ON search.maintainer_summary (packages DESC);

CREATE FUNCTION search.find(wanted text, most integer DEFAULT 20)
  RETURNS SETOF search.package_overview
  LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
AS $$
  SELECT overview.*
  FROM search.package_overview AS overview
    JOIN search.document USING (package_id),
    websearch_to_tsquery('english', wanted) AS query
  WHERE words @@ query
  ORDER BY ts_rank(words, query) DESC, package_id
  LIMIT most
$$;

CREATE PROCEDURE search.refresh()
  LANGUAGE sql
BEGIN ATOMIC
  DELETE FROM search.query_cache WHERE kept_until < now();
END;

-- Audit ---------------------------------------------------------------------

CREATE SEQUENCE audit.event_number AS bigint CACHE 1;
CREATE TABLE audit.event (
  event_id bigint NOT NULL DEFAULT nextval('audit.event_number'),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  recorded_by name NOT NULL DEFAULT session_user,
  table_name text NOT NULL,
  action "char" NOT NULL,
  row_before jsonb,
  row_after jsonb,
  PRIMARY KEY (event_id)
) PARTITION BY RANGE (event_id);
ALTER SEQUENCE audit.event_number OWNED BY audit.event.event_id;
CREATE TABLE audit.event_1 PARTITION OF audit.event
  FOR VALUES FROM (MINVALUE) TO (25000);
CREATE TABLE audit.event_2 PARTITION OF audit.event
  FOR VALUES FROM (25000) TO (50000);
CREATE TABLE audit.event_later PARTITION OF audit.event DEFAULT;
CREATE INDEX event_recorded_at ON audit.event USING brin (recorded_at);
COMMENT ON COLUMN audit.event.action IS 'I, U or D';

ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers_see_no_deletes ON audit.event
  FOR SELECT TO demo_reader USING (action <> 'D');
CREATE POLICY nothing_is_changed ON audit.event
  AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (false);
COMMENT ON POLICY readers_see_no_deletes ON audit.event IS
  'who deletes what is not everybody''s business';
GRANT SELECT (event_id, recorded_at, table_name, action)
  ON audit.event TO demo_reader;

CREATE TRIGGER package_is_audited
  AFTER INSERT OR UPDATE OR DELETE ON archive.package
  FOR EACH ROW EXECUTE FUNCTION audit.record();
CREATE TRIGGER source_is_audited
  AFTER UPDATE OR DELETE ON archive.source
  FOR EACH ROW EXECUTE FUNCTION audit.record();
ALTER TABLE archive.source DISABLE TRIGGER source_is_audited;
COMMENT ON TRIGGER package_is_audited ON archive.package IS
  'every change, with the row before and after';

-- Documents -----------------------------------------------------------------

CREATE TABLE documents.file (
  file_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  path text COLLATE "C" NOT NULL UNIQUE,
  modified timestamptz NOT NULL,
  mode bit(12) NOT NULL,
  size_bytes integer NOT NULL,
  sha256 archive.sha256 NOT NULL,
  content oid NOT NULL,
  age interval GENERATED ALWAYS AS
    (modified - '1993-08-16 00:00+00'::timestamptz) STORED
);
COMMENT ON COLUMN documents.file.content IS 'a large object';
COMMENT ON COLUMN documents.file.age IS 'counted from Debian''s first day';

GRANT SELECT ON ALL TABLES IN SCHEMA search, documents TO demo_reader;
GRANT SELECT, INSERT, DELETE ON search.query_cache TO demo_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA archive TO demo_writer;
GRANT EXECUTE ON PROCEDURE search.refresh() TO demo_writer
  WITH GRANT OPTION;
