// PUBLICATION TABLE: that a publication has a table, perhaps only some of its
// columns and rows.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kPublication,
  kPublicationName,
  kTable,
  kColumns,
  kCondition
};

// Column lists and row filters: 15 and later.
std::string PublicationTablesSql(int server_major) {
  return absl::StrCat(
      "SELECT r.oid, p.oid, p.pubname, r.prrelid, ",
      server_major >= 15
          ? "CASE WHEN r.prattrs IS NOT NULL THEN ARRAY(SELECT a.attname "
            "FROM pg_catalog.unnest(r.prattrs::pg_catalog.int2[]) "
            "WITH ORDINALITY u(number, ordinal) "
            "JOIN pg_catalog.pg_attribute a ON a.attrelid = r.prrelid "
            "AND a.attnum = u.number ORDER BY u.ordinal) END, "
            "pg_catalog.pg_get_expr(r.prqual, r.prrelid)"
          : "NULL, NULL",
      " FROM pg_catalog.pg_publication_rel r "
      "JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid ORDER BY r.oid");
}

std::string AddStatement(pg::Row row, const Relation& table) {
  std::string sql = absl::StrCat(
      "ALTER PUBLICATION ", pg::QuoteIdentifier(row.text(kPublicationName)),
      " ADD TABLE ONLY ", table.qualified);
  if (!row.is_null(kColumns)) {
    const auto quote = [](std::string* out, const std::string& column) {
      out->append(pg::QuoteIdentifier(column));
    };
    absl::StrAppend(&sql, " (", absl::StrJoin(row.array(kColumns), ", ", quote),
                    ")");
  }
  // Not every expression brings its own brackets.
  if (!row.is_null(kCondition))
    absl::StrAppend(&sql, " WHERE (", row.text(kCondition), ")");
  return sql;
}

void AddPublicationTable(Collector& collector, pg::Row row,
                         const Relation& table) {
  Object& object = collector.Add({catalog_oid::kPublicationRel, row.oid(kOid)});
  object.schema = table.schema;
  object.name = absl::StrCat(row.text(kPublicationName), " ", table.name);
  object.relation = table.name;
  object.section = Section::kPostData;
  object.aspect = Aspect::kPublication;
  if (!row.is_null(kColumns)) object.need.Add({15, "publications of columns"});
  if (!row.is_null(kCondition)) object.need.Add({15, "publications of rows"});
  object.parent = {catalog_oid::kPublication, row.oid(kPublication)};
  object.depends = {object.parent, table.address()};
  // It locks the publication like a table: two statements about one
  // publication, each with another table locked, would be a deadlock.
  object.locks = object.depends;
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{AddStatement(row, table)}, "", "");
}

absl::Status CollectPublicationTables(Collector& collector) {
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query(PublicationTablesSql(collector.server_major())));
  for (pg::Row row : result) {
    const Relation* table = collector.relations().Find(row.oid(kTable));
    if (table != nullptr) AddPublicationTable(collector, row, *table);
  }
  return absl::OkStatus();
}

absl::Status OmitUnwantedTables(Catalog& catalog) {
  catalog.OmitIncomplete(KindId::kPublicationTable);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kPublicationTableKind = {
    "PUBLICATION TABLE", CollectPublicationTables, OmitUnwantedTables};

}  // namespace pgbale
