-- The schema of the Debian package of bacula.

\set file :tree /usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql
\i :file
