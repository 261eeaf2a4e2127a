-- The schema of the Debian package of tt_rss.

\set file :tree /usr/share/tt-rss/schema/ttrss_schema_pgsql.sql
\i :file
