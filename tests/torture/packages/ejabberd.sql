-- The schema of the Debian package of ejabberd.

\set file :tree /usr/share/ejabberd/sql/pg.new.sql
\i :file
