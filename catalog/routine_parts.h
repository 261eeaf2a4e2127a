// What functions, procedures and aggregates have in common as rows of pg_proc.

#ifndef PGBALE_CATALOG_ROUTINE_PARTS_H_
#define PGBALE_CATALOG_ROUTINE_PARTS_H_

namespace pgbale {

// SQL over pg_proc p: orders routines that share schema and name, by the
// number and then the types of their arguments. NULL for a name of one's own:
// only what is overloaded is worth the look-ups.
inline constexpr char kRoutineSortDetail[] =
    "CASE WHEN pg_catalog.count(*) OVER (PARTITION BY p.pronamespace, "
    "p.proname) > 1 THEN pg_catalog.lpad(p.pronargs::pg_catalog.text, 3, '0') "
    "|| coalesce((SELECT pg_catalog.string_agg(pg_catalog.chr(1) || i.schema "
    "|| pg_catalog.chr(1) || i.name, '' ORDER BY a.ordinal) "
    "FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) "
    "WITH ORDINALITY a(type, ordinal), "
    "pg_catalog.pg_identify_object('pg_catalog.pg_type'::pg_catalog.regclass, "
    "a.type, 0) i), '') END";

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ROUTINE_PARTS_H_
