-- Zabbix: 170 tables, and the rows that it comes with: templates, images.

\set file :tree /usr/share/zabbix-server-pgsql/schema.sql
\i :file
\set file :tree /usr/share/zabbix-server-pgsql/images.sql
\i :file
\set file :tree /usr/share/zabbix-server-pgsql/data.sql
\i :file
