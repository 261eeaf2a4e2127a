-- The schema of the Debian package of roundcube.

\set file :tree /usr/share/roundcube/SQL/postgres.initial.sql
\i :file
