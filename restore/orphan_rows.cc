#include "restore/orphan_rows.h"

#include <string>

#include "base/status.h"

namespace pgbale {
namespace {

// The query that counts them, as the server checks the key: with the key's own
// operators; MATCH FULL also counts rows that are NULL in part.
constexpr absl::string_view kQuery =
    "SELECT pg_catalog.format("
    "'SELECT pg_catalog.count(*) FROM ONLY %s f WHERE (%s)"
    " AND NOT EXISTS (SELECT FROM ONLY %s p WHERE %s)',"
    " k.conrelid::pg_catalog.regclass,"
    " pg_catalog.string_agg(pg_catalog.format('f.%I IS NOT NULL', a.attname),"
    " CASE WHEN k.confmatchtype = 'f' THEN ' OR ' ELSE ' AND ' END),"
    " k.confrelid::pg_catalog.regclass,"
    " pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) f.%I',"
    " b.attname, n.nspname, o.oprname, a.attname), ' AND '))"
    " FROM pg_catalog.pg_constraint k, ROWS FROM ("
    "pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey),"
    " pg_catalog.unnest(k.conpfeqop)) AS c(own, other, op)"
    " JOIN pg_catalog.pg_operator o ON o.oid = c.op"
    " JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace"
    " JOIN pg_catalog.pg_attribute a ON a.attnum = c.own"
    " JOIN pg_catalog.pg_attribute b ON b.attnum = c.other"
    " WHERE a.attrelid = k.conrelid AND b.attrelid = k.confrelid"
    " AND k.contype = 'f' AND k.conname = $3"
    " AND k.conrelid = pg_catalog.to_regclass(pg_catalog.format('%I.%I',"
    " $1::pg_catalog.text, $2::pg_catalog.text))"
    " GROUP BY k.oid, k.conrelid, k.confrelid, k.confmatchtype";

absl::StatusOr<uint64_t> Count(pg::Connection& connection, const KeyName& key) {
  ASSIGN_OR_RETURN(
      const pg::Result query,
      connection.Query(kQuery, {key.schema, key.table, key.name}));
  if (query.rows() == 0)
    return MakeError(Failure::kError, "there is no such foreign key");
  ASSIGN_OR_RETURN(const pg::Result count,
                   connection.Query(query.row(0).text(0)));
  return static_cast<uint64_t>(count.row(0).integer(0));
}

}  // namespace

absl::StatusOr<uint64_t> CountOrphans(pg::Connection& connection,
                                      const KeyName& key, bool in_transaction) {
  if (in_transaction) RETURN_IF_ERROR(connection.Execute("SAVEPOINT pgbale"));
  absl::StatusOr<uint64_t> count = Count(connection, key);
  if (in_transaction && connection.alive())
    RETURN_IF_ERROR(connection.ExecutePipeline(
        {"ROLLBACK TO SAVEPOINT pgbale", "RELEASE SAVEPOINT pgbale"}));
  return count;
}

}  // namespace pgbale
