#include "catalog/comments.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pg/quote.h"
#include "base/pg/result.h"
#include "base/status.h"

namespace pgbale {
namespace {

enum Field { kCatalog, kOid, kColumn, kText, kName };

// Large objects may have any oid; every other object below the first user oid
// came with initdb.
std::string CommentsSql() {
  return absl::StrCat(
      "SELECT d.classoid, d.objoid, d.objsubid, d.description, "
      "CASE d.classoid WHEN ",
      catalog_oid::kType, " THEN pg_catalog.format_type(d.objoid, NULL) WHEN ",
      catalog_oid::kConstraint,
      " THEN (SELECT pg_catalog.format('%I ON %s', k.conname, "
      "k.conrelid::pg_catalog.regclass) FROM pg_catalog.pg_constraint k "
      "WHERE k.oid = d.objoid AND k.conrelid <> 0) END "
      "FROM pg_catalog.pg_description d "
      "WHERE d.objoid >= ",
      kFirstUserOid, " AND d.classoid <> ", catalog_oid::kNamespace,
      " OR d.classoid = ", catalog_oid::kLargeObject,
      " UNION ALL "
      "SELECT ",
      catalog_oid::kNamespace,
      ", n.oid, 0, "
      "coalesce(d.description, ''), NULL FROM pg_catalog.pg_namespace n "
      "LEFT JOIN pg_catalog.pg_description d ON d.objoid = n.oid "
      "AND d.classoid = ",
      catalog_oid::kNamespace,
      " AND d.objsubid = 0 "
      "WHERE CASE n.nspname WHEN 'public' "
      "THEN coalesce(d.description, '') <> 'standard public schema' "
      "ELSE n.oid >= ",
      kFirstUserOid,
      " AND d.description IS NOT NULL END "
      "UNION ALL "
      "SELECT s.classoid, s.objoid, 0, s.description, NULL "
      "FROM pg_catalog.pg_shdescription s "
      "LEFT JOIN pg_catalog.pg_database b ON b.oid = s.objoid "
      "AND b.datname = pg_catalog.current_database() "
      "WHERE s.classoid = ",
      catalog_oid::kDatabase, " AND b.oid IS NOT NULL OR s.classoid IN (",
      catalog_oid::kAuthId, ", ", catalog_oid::kTablespace,
      ") "
      "ORDER BY 1, 2, 3");
}

}  // namespace

absl::StatusOr<std::vector<CommentRecord>> ReadComments(
    pg::Connection& connection) {
  ASSIGN_OR_RETURN(pg::Result result, connection.Query(CommentsSql()));
  std::vector<CommentRecord> records;
  records.reserve(static_cast<size_t>(result.rows()));
  for (pg::Row row : result) {
    CommentRecord record;
    record.place.address = {row.oid(kCatalog), row.oid(kOid)};
    record.place.column = static_cast<int>(row.integer(kColumn));
    record.text = row.str(kText);
    record.place.name = row.str(kName);
    records.push_back(std::move(record));
  }
  return records;
}

std::string CommentStatement(const CommentRecord& record, const Object& object,
                             const RelationMap& relations) {
  const std::string target = TargetAt(record.place, object, relations);
  if (target.empty()) return "";
  return absl::StrCat("COMMENT ON ", target, " IS ",
                      pg::QuoteLiteral(record.text));
}

}  // namespace pgbale
