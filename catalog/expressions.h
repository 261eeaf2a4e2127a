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
#include "catalog/collector.h"
#include "catalog/relation.h"

namespace pgbale {

// What two expressions have in common if the server prints the same of both;
// "" if that cannot be told. `tree`: a pg_node_tree as text; `relation`, which
// may be nullptr: whose columns it may name.
std::string SharedKey(absl::string_view tree, const Relation* relation);

// Where a catalog holds expressions.
struct ExpressionSource {
  absl::string_view catalog;         // "pg_attrdef"
  absl::string_view tree, relation;  // its columns: "adbin", "adrelid"
};

// Where rows that were read from such a catalog hold them: the numbers of the
// columns with the row's oid, the relation's, and the tree.
struct ExpressionFields {
  int oid, relation, tree;
};

// The text of the expression of each of `rows`, in their order. No query if
// there are none.
absl::StatusOr<std::vector<std::string>> PrintExpressions(
    Collector& collector, const pg::Result& rows,
    const ExpressionFields& fields, const ExpressionSource& source);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_EXPRESSIONS_H_
