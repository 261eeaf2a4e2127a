// Pieces of SQL that tables, views and materialized views have in common.

#ifndef PGBALE_CATALOG_TABLE_SQL_H_
#define PGBALE_CATALOG_TABLE_SQL_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "catalog/relation.h"

namespace pgbale {

// Storage parameters out of "name=value" as pg_class.reloptions has them:
// "fillfactor='70', user_catalog_table='true'", each name behind `prefix`.
std::string OptionList(const std::vector<std::string>& options,
                       absl::string_view prefix);

// "\nWITH (…)" with the options of a table or materialized view and of its
// TOAST table; "" if it has none.
std::string StorageClause(const Relation& relation);

// ALTER TABLE for what CREATE cannot say about a column: statistics target,
// storage, compression, options, those for a foreign-data wrapper too.
std::vector<std::string> ColumnStatements(const Relation& relation,
                                          const RelationColumn& column);

// ALTER TABLE for replica identity (an index brings its own) and for row
// security that binds the owner.
std::vector<std::string> RelationStatements(const Relation& relation);

// A view's query out of what pg_get_viewdef() prints: without its semicolon.
std::string ViewQuery(absl::string_view definition);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_TABLE_SQL_H_
