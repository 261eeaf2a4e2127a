-- PostGIS with all that belongs to it: topology, raster, SFCGAL, the tiger
-- geocoder, routing. Their configuration tables have rows of the user's.

SET client_min_messages = warning;

CREATE EXTENSION postgis;
CREATE EXTENSION postgis_topology;
CREATE EXTENSION postgis_raster;
CREATE EXTENSION postgis_sfcgal;
CREATE EXTENSION fuzzystrmatch;
CREATE EXTENSION address_standardizer;
CREATE EXTENSION address_standardizer_data_us;
CREATE EXTENSION postgis_tiger_geocoder;
CREATE EXTENSION pgrouting;

-- Rows of the user's in a configuration table.
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
SELECT 990001, 'mine', 990001, srtext, proj4text
FROM spatial_ref_sys WHERE srid = 25832;
UPDATE tiger.geocode_settings SET setting = 'true' WHERE name = 'debug_geocode_address';

CREATE SCHEMA city;
CREATE TABLE city.district (
  id serial PRIMARY KEY,
  name text NOT NULL,
  area geometry(MultiPolygon, 25832) NOT NULL,
  area_km2 double precision GENERATED ALWAYS AS (st_area(area) / 1e6) STORED,
  CONSTRAINT valid CHECK (st_isvalid(area))
);
CREATE INDEX ON city.district USING gist (area);
INSERT INTO city.district (name, area)
SELECT format('district %s/%s', i, j), st_multi(st_buffer(
    st_setsrid(st_makepoint(350000 + i * 2000, 5640000 + j * 2000), 25832),
    900 + 37 * ((i * j) % 7), 8 + j))
FROM generate_series(1, 12) AS i, generate_series(1, 9) AS j;

CREATE TABLE city.street (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text,
  course geometry(LineStringZM, 4326),
  source bigint,
  target bigint,
  cost double precision
);
CREATE INDEX ON city.street USING spgist (course);
CREATE INDEX ON city.street USING brin (course);
INSERT INTO city.street (name, course, source, target, cost)
SELECT 'street ' || i, st_makeline(ARRAY(
    SELECT st_setsrid(st_makepoint(7 + i * 0.001 + sin(k) * 0.0001,
                                   51 + k * 0.0007, k, i), 4326)
    FROM generate_series(1, 20) AS k)), i, i % 17 + 1, 1 + i % 5
FROM generate_series(1, 400) AS i;

CREATE TABLE city.place (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  at geography(Point, 4326),
  outline geometry,
  box box2d,
  box3 box3d
);
CREATE INDEX ON city.place USING gist (at);
CREATE INDEX ON city.place USING gist (outline gist_geometry_ops_nd);
INSERT INTO city.place (at, outline, box, box3)
SELECT st_point(7 + i * 0.01, 51 - i * 0.01)::geography,
  CASE i % 5
    WHEN 0 THEN st_geomfromtext('POINT EMPTY')
    WHEN 1 THEN st_geomfromewkt('SRID=4326;CURVEPOLYGON(CIRCULARSTRING('
                                '0 0, 4 0, 4 4, 0 4, 0 0))')
    WHEN 2 THEN st_geomfromewkt('TIN(((0 0 0,0 0 1,0 1 0,0 0 0)))')
    WHEN 3 THEN st_geomfromewkt('GEOMETRYCOLLECTION(POINT(1 2),'
                                'LINESTRING(1 2,3 4))')
  END,
  'BOX(0 0,1 2)'::box2d, 'BOX3D(0 0 0,1 2 3)'::box3d
FROM generate_series(1, 100) AS i;

CREATE TABLE city.height (id serial PRIMARY KEY, tile raster);
INSERT INTO city.height (tile)
SELECT st_addband(st_makeemptyraster(20, 20, i * 20, 0, 1, -1, 0, 0, 25832),
                  '16BSI'::text, i * 10, -9999)
FROM generate_series(1, 12) AS i;
SELECT addrasterconstraints('city'::name, 'height'::name, 'tile'::name);
CREATE INDEX ON city.height USING gist (st_convexhull(tile));

CREATE VIEW city.district_center AS
  SELECT id, name, st_transform(st_centroid(area), 4326) AS center
  FROM city.district;
CREATE MATERIALIZED VIEW city.streets_by_district AS
  SELECT d.id, count(*), st_union(st_force2d(s.course)) AS courses
  FROM city.district d
  JOIN city.street s ON st_intersects(st_transform(d.area, 4326), s.course)
  GROUP BY d.id;
CREATE INDEX ON city.streets_by_district USING gist (courses);
CREATE FUNCTION city.nearest(geometry) RETURNS SETOF city.street
  LANGUAGE sql STABLE AS
  'SELECT * FROM city.street ORDER BY course <-> $1 LIMIT 5';

-- A topology is a schema with tables, sequences, triggers, and rows in the
-- configuration tables topology.topology and topology.layer.
SELECT topology.CreateTopology('roads', 25832, 0.01);
SELECT topology.TopoGeo_AddLineString('roads', st_setsrid(
  st_makeline(st_makepoint(0, i * 10), st_makepoint(100, i * 11)), 25832))
FROM generate_series(1, 8) AS i;
SELECT topology.TopoGeo_AddLineString('roads', st_setsrid(
  st_makeline(st_makepoint(i * 10, 0), st_makepoint(i * 11, 100)), 25832))
FROM generate_series(1, 8) AS i;
CREATE TABLE city.road (id serial PRIMARY KEY, name text);
SELECT topology.AddTopoGeometryColumn('roads', 'city', 'road', 'topo', 'LINE');
INSERT INTO city.road (name, topo)
SELECT 'road ' || edge_id, topology.CreateTopoGeom('roads', 2, 1,
  ARRAY[ARRAY[edge_id, 2]]::topology.topoelementarray)
FROM roads.edge_data LIMIT 20;
