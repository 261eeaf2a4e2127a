-- DAViCal: functions in SQL and PL/pgSQL, and what it comes with.

\set file :tree /usr/share/awl/dba/awl-tables.sql
\i :file
\set file :tree /usr/share/awl/dba/schema-management.sql
\i :file
\set file :tree /usr/share/davical/dba/davical.sql
\i :file
\set file :tree /usr/share/davical/dba/caldav_functions.sql
\i :file
\set file :tree /usr/share/davical/dba/rrule_functions.sql
\i :file
\set file :tree /usr/share/davical/dba/base-data.sql
\i :file
