#include "catalog/index_parts.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "catalog/address.h"
#include "catalog/extension_dependency.h"

namespace pgbale {
namespace {

// In the order of kIndexPartsColumns.
enum Field {
  kTablespace,
  kClustered,
  kReplicaIdentity,
  kStatisticsColumns,
  kStatisticsTargets,
  kExtensions,
  kBytes,
  kIsBtree
};

int ToInt(const std::string& text) {
  int value = 0;
  return absl::SimpleAtoi(text, &value) ? value : 0;
}

}  // namespace

const char kIndexPartsColumns[] =
    "ts.spcname, i.indisclustered, i.indisreplident, "
    "st.numbers, st.targets, ex.names, GREATEST(x.relpages::bigint * "
    "pg_catalog.current_setting('block_size')::bigint, "
    // Equal keys are stored once, and sorted each. To compare texts takes as
    // long as what is eight times as large.
    "(x.reltuples * (16 + 8 * i.indnkeyatts + 56 * "
    "COALESCE(pg_catalog.array_length(pg_catalog.array_remove("
    "i.indcollation::pg_catalog.oid[], 0::pg_catalog.oid), 1), 0)))::bigint), "
    // BTREE_AM_OID of pg_am.dat.
    "x.relam = 403";

std::string IndexPartsJoins(absl::string_view which) {
  return absl::StrCat(
      " LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = x.reltablespace "
      "LEFT JOIN (SELECT a.attrelid, "
      "pg_catalog.array_agg(a.attnum ORDER BY a.attnum) "
      "FILTER (WHERE a.attstattarget >= 0) AS numbers, "
      "pg_catalog.array_agg(a.attstattarget ORDER BY a.attnum) "
      "FILTER (WHERE a.attstattarget >= 0) AS targets, "
      "pg_catalog.bool_or(a.attoptions IS NOT NULL) AS has_options "
      "FROM pg_catalog.pg_attribute a "
      "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
      "WHERE (a.attstattarget >= 0 OR a.attoptions IS NOT NULL) "
      "AND c.relkind IN ('i', 'I') ",
      which.empty() ? "" : absl::StrCat("AND a.attrelid IN (", which, ") "),
      "GROUP BY a.attrelid) st ON st.attrelid = x.oid",
      ExtensionNamesJoin(catalog_oid::kClass, "x.oid"));
}

IndexParts MakeIndexParts(pg::Row row, int first) {
  IndexParts parts;
  parts.tablespace = row.str(first + kTablespace);
  parts.clustered = row.boolean(first + kClustered);
  parts.replica_identity = row.boolean(first + kReplicaIdentity);
  const std::vector<std::string> numbers =
      row.array(first + kStatisticsColumns);
  const std::vector<std::string> targets =
      row.array(first + kStatisticsTargets);
  for (size_t i = 0; i < numbers.size(); ++i)
    parts.statistics.emplace_back(ToInt(numbers[i]), ToInt(targets[i]));
  parts.extensions = row.array(first + kExtensions);
  parts.bytes =
      static_cast<uint64_t>(std::max<int64_t>(0, row.integer(first + kBytes)));
  parts.is_btree = row.boolean(first + kIsBtree);
  return parts;
}

std::vector<std::string> IndexPartsStatements(const IndexParts& parts,
                                              absl::string_view table,
                                              absl::string_view schema,
                                              absl::string_view index) {
  const std::string name = pg::QuoteIdentifier(index);
  const std::string qualified = pg::QualifiedName(schema, index);
  std::vector<std::string> statements;
  if (parts.clustered)
    statements.push_back(
        absl::StrCat("ALTER TABLE ", table, " CLUSTER ON ", name));
  for (const auto& [column, target] : parts.statistics) {
    statements.push_back(absl::StrCat("ALTER INDEX ", qualified,
                                      " ALTER COLUMN ", column,
                                      " SET STATISTICS ", target));
  }
  if (parts.replica_identity)
    statements.push_back(absl::StrCat("ALTER TABLE ONLY ", table,
                                      " REPLICA IDENTITY USING INDEX ", name));
  AddDependsOnExtension(absl::StrCat("INDEX ", qualified), parts.extensions,
                        statements);
  return statements;
}

}  // namespace pgbale
