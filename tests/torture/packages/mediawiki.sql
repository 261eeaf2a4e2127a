-- The schema of the Debian package of mediawiki.

\set file :tree /usr/share/mediawiki/maintenance/postgres/tables-generated.sql
\i :file
