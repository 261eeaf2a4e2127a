#include "restore/orphan_rows.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace pgbale {
namespace {

constexpr int kPeriodSince = 18;

// What selects that count is the condition that no row is referred to: by a
// period, which is the last column, all rows together must cover it.
std::string ReferredSql(int server_major) {
  constexpr absl::string_view kRow =
      "'EXISTS (SELECT FROM ONLY %s p WHERE %s)', ";
  constexpr absl::string_view kArguments =
      "k.confrelid::pg_catalog.regclass,"
      " pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) f.%I',"
      " b.attname, n.nspname, o.oprname, a.attname)"
      " || CASE WHEN l.oid IS NULL THEN '' ELSE"
      " pg_catalog.format(' COLLATE %I.%I', m.nspname, l.collname) END,"
      " ' AND ')";
  const std::string row =
      absl::StrCat("pg_catalog.format(", kRow, kArguments, ")");
  if (server_major < kPeriodSince) return row;
  constexpr absl::string_view kOfPeriod =
      " FILTER (WHERE c.place = pg_catalog.cardinality(k.conkey)), ";
  return absl::StrCat(
      "CASE WHEN k.conperiod THEN pg_catalog.format("
      "'COALESCE((SELECT f.%I OPERATOR(pg_catalog.<@)"
      " pg_catalog.range_agg(p.%I) FROM ONLY %s p WHERE %s), false)',"
      " pg_catalog.max(a.attname::pg_catalog.text)",
      kOfPeriod, "pg_catalog.max(b.attname::pg_catalog.text)", kOfPeriod,
      kArguments, ") ELSE ", row, " END");
}

// Makes the query that counts them, as the server checks the key: with the
// key's own operators, under the collations of the referenced columns; MATCH
// FULL also counts rows that are NULL in part.
std::string QuerySql(int server_major) {
  return absl::StrCat(
      "SELECT pg_catalog.format("
      "'SELECT pg_catalog.count(*) FROM ONLY %s f WHERE (%s) AND NOT %s',"
      " k.conrelid::pg_catalog.regclass,"
      " pg_catalog.string_agg(pg_catalog.format('f.%I IS NOT NULL', a.attname),"
      " CASE WHEN k.confmatchtype = 'f' THEN ' OR ' ELSE ' AND ' END), ",
      ReferredSql(server_major),
      ") FROM pg_catalog.pg_constraint k, ROWS FROM ("
      "pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey),"
      " pg_catalog.unnest(k.conpfeqop)) WITH ORDINALITY"
      " AS c(own, other, op, place)"
      " JOIN pg_catalog.pg_operator o ON o.oid = c.op"
      " JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace"
      " JOIN pg_catalog.pg_attribute a ON a.attnum = c.own"
      " JOIN pg_catalog.pg_attribute b ON b.attnum = c.other"
      " LEFT JOIN pg_catalog.pg_collation l"
      " ON l.oid = b.attcollation AND a.attcollation <> b.attcollation"
      " LEFT JOIN pg_catalog.pg_namespace m ON m.oid = l.collnamespace"
      " WHERE a.attrelid = k.conrelid AND b.attrelid = k.confrelid"
      " AND k.contype = 'f' AND k.conname = $3"
      " AND k.conrelid = pg_catalog.to_regclass(pg_catalog.format('%I.%I',"
      " $1::pg_catalog.text, $2::pg_catalog.text))"
      " GROUP BY k.oid, k.conrelid, k.confrelid, k.confmatchtype",
      server_major < kPeriodSince ? "" : ", k.conperiod");
}

absl::StatusOr<uint64_t> Count(pg::Connection& connection, const KeyName& key) {
  ASSIGN_OR_RETURN(const pg::Result query,
                   connection.Query(QuerySql(connection.server_major()),
                                    {key.schema, key.table, key.name}));
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
