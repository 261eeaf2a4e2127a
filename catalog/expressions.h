// Expressions of tables (defaults, generated columns, checks) as pg_get_expr
// prints them, without a call of it for each: those calls are a fifth of what
// the dump of a large schema costs the server, and thousands of tables,
// partitions above all, say the same again and again.

#ifndef PGBALE_CATALOG_EXPRESSIONS_H_
#define PGBALE_CATALOG_EXPRESSIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "catalog/collector.h"
#include "catalog/relation.h"

namespace pgbale {

struct StoredExpression {
  Oid oid = 0;                         // of the catalog's row
  const Relation* relation = nullptr;  // whose columns it may name
  absl::string_view tree;              // pg_node_tree as text
};

// What two expressions have in common if the server prints the same of both;
// "" if that cannot be told.
std::string SharedKey(const StoredExpression& expression);

// The text of each of `expressions`. `source` is "FROM … WHERE oid", of a
// catalog in which `call` ("pg_get_expr(adbin, adrelid)") prints a row's
// expression. No query if there are none.
absl::StatusOr<std::vector<std::string>> PrintExpressions(
    Collector& collector, absl::Span<const StoredExpression> expressions,
    absl::string_view call, absl::string_view source);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_EXPRESSIONS_H_
