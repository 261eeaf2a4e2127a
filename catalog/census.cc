#include "catalog/census.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"

namespace pgbale {
namespace {

constexpr Oid kLargeObjectMetadata = 2995;
constexpr Oid kEnum = 3501;

// What of a catalog's rows, alias x, is no object of its own.
struct CatalogRule {
  Oid catalog;
  const char* condition;  // SQL: the row is an object of its own
};

constexpr CatalogRule kRules[] = {
    // A range type's constructors, which the type brings.
    {catalog_oid::kProc,
     "NOT (x.prolang = 12 AND x.prosrc IN ('range_constructor2', "
     "'range_constructor3', 'multirange_constructor0', "
     "'multirange_constructor1', 'multirange_constructor2'))"},
    // Those of constraints, and copies of a partitioned table's triggers that
    // are not told apart by their state.
    {catalog_oid::kTrigger,
     "CASE WHEN x.tgparentid <> 0 THEN x.tgenabled <> (SELECT p.tgenabled "
     "FROM pg_catalog.pg_trigger p WHERE p.oid = x.tgparentid) "
     "ELSE NOT x.tgisinternal END"},
    // A constraint trigger is a trigger.
    {catalog_oid::kConstraint, "x.contype <> 't'"},
    // From a range type to its multirange type.
    {catalog_oid::kCast,
     "NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
     "WHERE d.classid = x.tableoid AND d.objid = x.oid AND d.deptype = 'i')"},
    // A shell is nothing but a name that another operator gives.
    {catalog_oid::kOperator, "x.oprcode <> 0"},
    // Its type's statement lists it.
    {kEnum, "false"},
    {catalog_oid::kNamespace,
     "x.nspname !~ '^pg_(toast_)?temp_' "
     "AND x.nspname <> 'information_schema'"},
    // In a catalog of all databases.
    {catalog_oid::kSubscription,
     "x.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d "
     "WHERE d.datname = pg_catalog.current_database())"},
};

const char* RuleOf(Oid catalog) {
  for (const CatalogRule& rule : kRules)
    if (rule.catalog == catalog) return rule.condition;
  return "true";
}

enum CatalogField { kOid, kName, kSchemaColumn, kNameColumn, kReadable };

// Catalogs of all databases are other commands' business, but for
// subscriptions, which belong to one.
std::string CatalogsSql() {
  return absl::StrCat(
      "SELECT c.oid, c.relname, n.attname, m.attname, "
      "pg_catalog.has_column_privilege(c.oid, 'oid', 'SELECT') "
      "FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_attribute o ON o.attrelid = c.oid "
      "AND o.attname = 'oid' AND o.attnum > 0 "
      "LEFT JOIN pg_catalog.pg_attribute n ON n.attrelid = c.oid "
      "AND n.attname ~ 'namespace$' AND n.attnum > 0 "
      "AND n.atttypid = 'pg_catalog.oid'::pg_catalog.regtype "
      "LEFT JOIN LATERAL (SELECT a.attname FROM pg_catalog.pg_attribute a "
      "WHERE a.attrelid = c.oid AND a.attname ~ 'name$' AND a.attnum > 0 "
      "AND a.atttypid = 'pg_catalog.name'::pg_catalog.regtype "
      "ORDER BY a.attnum LIMIT 1) m ON true "
      "WHERE c.oid < ",
      kFirstUserOid,
      " AND c.relkind = 'r' "
      "AND c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace "
      "AND (NOT c.relisshared OR c.oid = ",
      catalog_oid::kSubscription, ") ORDER BY c.oid");
}

// Schemas whose contents are the system's.
constexpr char kSystemSchemas[] =
    "ARRAY(SELECT s.oid FROM pg_catalog.pg_namespace s "
    "WHERE s.nspname IN ('pg_toast', 'information_schema') "
    "OR s.nspname ~ '^pg_(toast_)?temp_')";

CensusCatalog MakeCatalog(pg::Row row) {
  CensusCatalog catalog;
  catalog.catalog = row.oid(kOid);
  catalog.name = row.str(kName);
  catalog.table = absl::StrCat("pg_catalog.", catalog.name, " x");
  catalog.oid = "x.oid";
  const auto column = [&](int field) {
    return row.is_null(field) ? "NULL" : absl::StrCat("x.", row.text(field));
  };
  catalog.schema = column(kSchemaColumn);
  catalog.object_name = column(kNameColumn);
  // Only superusers may read the table; the view hides nothing but options.
  if (catalog.catalog == catalog_oid::kUserMapping) {
    catalog.table = "pg_catalog.pg_user_mappings x";
    catalog.oid = "x.umid";
  }
  catalog.condition = absl::StrCat(RuleOf(catalog.catalog), " AND ",
                                   catalog.oid, " >= ", kFirstUserOid);
  // Users choose the oids of large objects; what depends on one names another
  // catalog than the one that lists them.
  if (catalog.catalog == kLargeObjectMetadata) {
    catalog.catalog = catalog_oid::kLargeObject;
    catalog.condition = "true";
  }
  if (catalog.schema != "NULL") {
    absl::StrAppend(&catalog.condition, " AND ", catalog.schema, " <> ALL (",
                    kSystemSchemas, ")");
  }
  return catalog;
}

std::string TallySql(const std::vector<CensusCatalog>& catalogs) {
  return absl::StrJoin(
      catalogs, " UNION ALL ",
      [](std::string* out, const CensusCatalog& catalog) {
        // As Tally::Add.
        absl::StrAppend(out, "SELECT ", catalog.catalog,
                        "::pg_catalog.oid, pg_catalog.count(*), "
                        "coalesce(pg_catalog.sum((o # (o << 13)) "
                        "% 2147483647), 0) FROM (SELECT ",
                        catalog.oid, "::pg_catalog.int8 AS o FROM ",
                        catalog.table, " WHERE ", catalog.condition, ") t");
      });
}

}  // namespace

void Tally::Add(Oid oid) {
  const auto o = static_cast<int64_t>(oid);
  ++count;
  hash += (o ^ (o << 13)) % 2147483647;
}

bool Census::Has(Oid catalog) const {
  return std::any_of(
      catalogs.begin(), catalogs.end(),
      [&](const CensusCatalog& c) { return c.catalog == catalog; });
}

absl::StatusOr<Census> TakeCensus(pg::Connection& connection) {
  enum { kCatalog, kCount, kHash };
  ASSIGN_OR_RETURN(pg::Result rows, connection.Query(CatalogsSql()));
  Census census;
  for (pg::Row row : rows) {
    if (row.boolean(kReadable) || row.oid(kOid) == catalog_oid::kUserMapping) {
      census.catalogs.push_back(MakeCatalog(row));
    } else {
      census.unreadable.push_back(row.str(kName));
    }
  }
  ASSIGN_OR_RETURN(pg::Result tallies,
                   connection.Query(TallySql(census.catalogs)));
  absl::flat_hash_map<Oid, Tally> by_catalog;
  for (pg::Row row : tallies) {
    by_catalog[row.oid(kCatalog)] = {row.integer(kCount), row.integer(kHash)};
  }
  for (CensusCatalog& catalog : census.catalogs)
    catalog.tally = by_catalog[catalog.catalog];
  return census;
}

absl::StatusOr<std::vector<CensusObject>> ListObjects(
    pg::Connection& connection,
    absl::Span<const CensusCatalog* const> catalogs) {
  enum { kIndex, kObject, kHasSchema, kSchema, kObjectName };
  std::vector<std::string> queries;
  for (size_t i = 0; i < catalogs.size(); ++i) {
    const CensusCatalog& catalog = *catalogs[i];
    queries.push_back(absl::StrCat(
        "SELECT ", i, ", ", catalog.oid, ", coalesce(", catalog.schema,
        "::pg_catalog.oid, 0) <> 0, n.nspname, ", catalog.object_name,
        "::pg_catalog.name FROM ", catalog.table,
        " LEFT JOIN pg_catalog.pg_namespace n ON n.oid = ", catalog.schema,
        "::pg_catalog.oid WHERE ", catalog.condition));
  }
  std::vector<CensusObject> objects;
  if (queries.empty()) return objects;
  ASSIGN_OR_RETURN(pg::Result rows, connection.Query(absl::StrCat(
                                        absl::StrJoin(queries, " UNION ALL "),
                                        " ORDER BY 1, 2")));
  objects.reserve(static_cast<size_t>(rows.rows()));
  for (pg::Row row : rows) {
    CensusObject object;
    object.catalog = catalogs[static_cast<size_t>(row.integer(kIndex))];
    object.address = {object.catalog->catalog, row.oid(kObject)};
    object.schema = row.str(kSchema);
    object.name = row.str(kObjectName);
    object.schema_missing = row.boolean(kHasSchema) && row.is_null(kSchema);
    objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace pgbale
