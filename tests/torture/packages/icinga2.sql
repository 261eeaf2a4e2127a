-- The schema of the Debian package of icinga2.

\set file :tree /usr/share/icinga2-ido-pgsql/schema/pgsql.sql
\i :file
