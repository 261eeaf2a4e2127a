-- The schema of the Debian package of prelude.

\set file :tree /usr/share/dbconfig-common/data/prelude-manager/install/pgsql
\i :file
