// Options of foreign-data wrappers, servers, user mappings, foreign tables and
// their columns: text[] of "name=value" in the catalogs.

#ifndef PGBALE_CATALOG_FOREIGN_OPTIONS_H_
#define PGBALE_CATALOG_FOREIGN_OPTIONS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace pgbale {

// SQL: the list "name 'value',\n    name 'value'" of the text[] expression
// `options`; NULL if it is NULL or empty.
inline std::string ForeignOptionsSql(absl::string_view options) {
  return absl::StrCat(
      "CASE WHEN ", options,
      " IS NOT NULL THEN (SELECT pg_catalog.string_agg("
      "pg_catalog.quote_ident(o.option_name) || ' ' "
      "|| pg_catalog.quote_literal(o.option_value), E',\\n    ' "
      "ORDER BY o.option_name) FROM pg_catalog.pg_options_to_table(",
      options, ") o) END");
}

// "OPTIONS (…)" behind `separator`; "" for an empty list.
inline std::string ForeignOptionsClause(absl::string_view separator,
                                        absl::string_view list) {
  if (list.empty()) return "";
  return absl::StrCat(separator, "OPTIONS (\n    ", list, "\n)");
}

}  // namespace pgbale

#endif  // PGBALE_CATALOG_FOREIGN_OPTIONS_H_
