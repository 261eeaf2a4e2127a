// STATISTICS: extended statistics of a table (CREATE STATISTICS), with their
// target. What ANALYZE found out for them is not kept.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field { kOid, kTable, kSchema, kName, kTableName, kOwner, kSql, kTarget };

std::string StatisticsSql() {
  return absl::StrCat(
      "SELECT s.oid, t.oid, n.nspname, s.stxname, t.relname, "
      "pg_catalog.pg_get_userbyid(s.stxowner), "
      "pg_catalog.pg_get_statisticsobjdef(s.oid), "
      // NULL from 17 on for "as the columns'".
      "coalesce(s.stxstattarget, -1) "
      "FROM pg_catalog.pg_statistic_ext s "
      "JOIN pg_catalog.pg_class t ON t.oid = s.stxrelid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace "
      "WHERE t.relpersistence <> 't' AND ",
      kUserSchema, " ORDER BY s.oid");
}

absl::Status CollectStatistics(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(StatisticsSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kStatisticExt, row.oid(kOid)});
    object.schema = row.str(kSchema);
    object.name = row.str(kName);
    object.relation = row.str(kTableName);
    object.owner = row.str(kOwner);
    object.section = Section::kPostData;
    object.parent = {catalog_oid::kClass, row.oid(kTable)};
    // Its lock conflicts with itself and with CREATE INDEX.
    object.locks.push_back(object.parent);
    const std::string name = pg::QualifiedName(object.schema, object.name);
    object.target = absl::StrCat("STATISTICS ", name);
    std::vector<std::string> create = {row.str(kSql)};
    if (row.integer(kTarget) >= 0) {
      create.push_back(absl::StrCat("ALTER STATISTICS ", name,
                                    " SET STATISTICS ", row.text(kTarget)));
    }
    object.body =
        std::make_shared<SqlBody>(std::move(create), "STATISTICS", name);
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kExtendedStatisticsKind = {"STATISTICS", CollectStatistics};

}  // namespace pgbale
