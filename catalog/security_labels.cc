#include "catalog/security_labels.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/pg/result.h"
#include "base/status.h"

namespace pgbale {
namespace {

enum Field { kCatalog, kOid, kColumn, kProvider, kLabel, kName };

// Large objects may have any oid; every other object below the first user oid
// came with initdb. What belongs to the server is in the shared catalog, with
// the subscriptions and the names of all its databases.
std::string SecurityLabelsSql() {
  return absl::StrCat(
      "SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label, "
      "CASE l.classoid WHEN ",
      catalog_oid::kType,
      " THEN pg_catalog.format_type(l.objoid, NULL) END "
      "FROM pg_catalog.pg_seclabel l WHERE l.objoid >= ",
      kFirstUserOid, " OR l.classoid = ", catalog_oid::kLargeObject,
      " OR l.classoid = ", catalog_oid::kNamespace,
      " AND l.objoid = (SELECT n.oid FROM pg_catalog.pg_namespace n "
      "WHERE n.nspname = 'public') "
      "UNION ALL "
      "SELECT s.classoid, s.objoid, 0, s.provider, s.label, NULL "
      "FROM pg_catalog.pg_shseclabel s, pg_catalog.pg_database d "
      "WHERE d.datname = pg_catalog.current_database() "
      "AND CASE s.classoid WHEN ",
      catalog_oid::kDatabase, " THEN s.objoid = d.oid WHEN ",
      catalog_oid::kSubscription,
      " THEN EXISTS (SELECT FROM pg_catalog.pg_subscription b "
      "WHERE b.oid = s.objoid AND b.subdbid = d.oid) ELSE true END "
      "ORDER BY 1, 2, 3, 4");
}

}  // namespace

absl::StatusOr<std::vector<SecurityLabelRecord>> ReadSecurityLabels(
    pg::Connection& connection) {
  ASSIGN_OR_RETURN(pg::Result result, connection.Query(SecurityLabelsSql()));
  std::vector<SecurityLabelRecord> records;
  records.reserve(static_cast<size_t>(result.rows()));
  for (pg::Row row : result) {
    SecurityLabelRecord record;
    record.place = {{row.oid(kCatalog), row.oid(kOid)},
                    static_cast<int>(row.integer(kColumn)),
                    row.str(kName)};
    record.provider = row.str(kProvider);
    record.label = row.str(kLabel);
    records.push_back(std::move(record));
  }
  return records;
}

std::string SecurityLabelStatement(const SecurityLabelRecord& record,
                                   absl::string_view target) {
  return absl::StrCat("SECURITY LABEL FOR ",
                      pg::QuoteIdentifier(record.provider), " ON ", target,
                      " IS ", pg::QuoteLiteral(record.label));
}

}  // namespace pgbale
