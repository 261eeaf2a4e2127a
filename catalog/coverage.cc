#include "catalog/coverage.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/text.h"

namespace pgbale {
namespace {

// Catalogs that no kind in kinds.def reads.
constexpr const char* kUncoveredCatalogs[] = {
    "pg_collation",      "pg_ts_parser",     "pg_ts_template",
    "pg_ts_dict",        "pg_ts_config",     "pg_foreign_data_wrapper",
    "pg_foreign_server", "pg_event_trigger", "pg_publication",
};

// Names in one warning: a database with thousands should not fill a terminal.
constexpr size_t kNamesMax = 10;

// What an extension or another object made is not missing by itself: it comes
// back with its maker (deptype e and i).
std::string UncoveredSql() {
  std::string addresses;
  for (const char* catalog : kUncoveredCatalogs) {
    absl::StrAppend(&addresses, "SELECT '", "pg_catalog.", catalog,
                    "'::pg_catalog.regclass::oid AS classid, oid AS objid "
                    "FROM pg_catalog.",
                    catalog, " UNION ALL ");
  }
  absl::StrAppend(&addresses,
                  "SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, "
                  "oid FROM pg_catalog.pg_class WHERE relkind = 'f' "
                  "UNION ALL "
                  "SELECT 'pg_catalog.pg_subscription'::pg_catalog.regclass"
                  "::oid, oid FROM pg_catalog.pg_subscription WHERE subdbid = "
                  "(SELECT oid FROM pg_catalog.pg_database "
                  "WHERE datname = pg_catalog.current_database())");
  return absl::StrCat("SELECT i.type, i.schema, i.identity FROM (", addresses,
                      ") a, ",
                      "pg_catalog.pg_identify_object(a.classid, a.objid, 0) i ",
                      "WHERE a.objid >= ", kFirstUserOid,
                      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
                      "WHERE d.classid = a.classid AND d.objid = a.objid "
                      "AND d.deptype IN ('e', 'i')) "
                      "UNION ALL SELECT 'security label', NULL, s.objname "
                      "FROM pg_catalog.pg_seclabels s ORDER BY 1, 2, 3");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindUncovered(
    pg::Connection& connection, const ObjectSelection& selection) {
  enum { kType, kSchema, kIdentity };
  ASSIGN_OR_RETURN(pg::Result result, connection.Query(UncoveredSql()));
  std::map<std::string, std::vector<std::string>> names;
  for (pg::Row row : result) {
    const bool selected = row.is_null(kSchema)
                              ? selection.everything()
                              : selection.HasSchema(row.str(kSchema));
    if (selected) names[row.str(kType)].push_back(row.str(kIdentity));
  }
  std::vector<std::string> warnings;
  for (auto& [type, identities] : names) {
    const size_t count = identities.size();
    if (count > kNamesMax) identities.resize(kNamesMax);
    warnings.push_back(Printable(absl::StrCat(
        "not in the archive: ", type, " ", absl::StrJoin(identities, ", "),
        count > kNamesMax ? absl::StrCat(" and ", count - kNamesMax, " more")
                          : "")));
  }
  return warnings;
}

}  // namespace pgbale
