-- The schema of the Debian package of pdns.

\set file :tree /usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql
\i :file
