// PUBLICATION TABLES IN SCHEMA: that a publication has all tables of a schema,
// those of later too (servers 15 and later).

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/collector.h"
#include "catalog/kind_id.h"

namespace pgbale {
namespace {

enum Field { kOid, kPublication, kPublicationName, kSchema, kSchemaName };

// information_schema can be published too: it stands everywhere, and is no
// object of ours.
std::string PublicationSchemasSql() {
  return absl::StrCat(
      "SELECT s.oid, p.oid, p.pubname, CASE WHEN ", kUserSchema,
      " THEN n.oid END, n.nspname "
      "FROM pg_catalog.pg_publication_namespace s "
      "JOIN pg_catalog.pg_publication p ON p.oid = s.pnpubid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid ORDER BY s.oid");
}

absl::Status CollectPublicationSchemas(Collector& collector) {
  if (collector.server_major() < 15) return absl::OkStatus();
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(PublicationSchemasSql()));
  for (pg::Row row : result) {
    Object& object =
        collector.Add({catalog_oid::kPublicationNamespace, row.oid(kOid)});
    object.schema = row.str(kSchemaName);
    object.name =
        absl::StrCat(row.text(kPublicationName), " ", row.text(kSchemaName));
    object.section = Section::kPostData;
    object.aspect = Aspect::kPublication;
    object.need = {15, "publications of schemas"};
    object.parent = {catalog_oid::kPublication, row.oid(kPublication)};
    object.depends = {object.parent};
    if (!row.is_null(kSchema))
      object.depends.push_back({catalog_oid::kNamespace, row.oid(kSchema)});
    // Two statements about one publication lock it one after another.
    object.locks = {object.parent};
    object.body = std::make_shared<SqlBody>(
        std::vector<std::string>{
            absl::StrCat("ALTER PUBLICATION ",
                         pg::QuoteIdentifier(row.text(kPublicationName)),
                         " ADD TABLES IN SCHEMA ",
                         pg::QuoteIdentifier(row.text(kSchemaName)))},
        "", "");
  }
  return absl::OkStatus();
}

absl::Status OmitUnwantedSchemas(Catalog& catalog) {
  catalog.OmitIncomplete(KindId::kPublicationSchema);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kPublicationSchemaKind = {"PUBLICATION TABLES IN SCHEMA",
                                            CollectPublicationSchemas,
                                            OmitUnwantedSchemas};

}  // namespace pgbale
