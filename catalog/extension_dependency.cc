#include "catalog/extension_dependency.h"

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"

namespace pgbale {

std::string ExtensionNamesJoin(Oid catalog, absl::string_view oid) {
  // In the order in which they were declared, as far as the catalog keeps it:
  // so does pg_dump.
  return absl::StrCat(
      " LEFT JOIN (SELECT d.objid, "
      "pg_catalog.array_agg(e.extname ORDER BY d.ctid) AS names "
      "FROM pg_catalog.pg_depend d "
      "JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid "
      "WHERE d.classid = ",
      catalog, " AND d.refclassid = ", catalog_oid::kExtension,
      " AND d.deptype = 'x' GROUP BY d.objid) ex ON ex.objid = ", oid, " ");
}

void AddDependsOnExtension(absl::string_view target,
                           const std::vector<std::string>& extensions,
                           std::vector<std::string>& statements) {
  for (const std::string& extension : extensions) {
    statements.push_back(absl::StrCat("ALTER ", target,
                                      " DEPENDS ON EXTENSION ",
                                      pg::QuoteIdentifier(extension)));
  }
}

}  // namespace pgbale
