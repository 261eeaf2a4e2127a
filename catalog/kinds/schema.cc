// SCHEMA. The schema "public" stands in every new database: it is never
// created or dropped, only its owner, privileges and comment are kept.

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"

namespace pgbale {
namespace {

enum Field { kOid, kName, kOwner };

std::string SchemasSql() {
  return absl::StrCat(
      "SELECT n.oid, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner) "
      "FROM pg_catalog.pg_namespace n WHERE ",
      kUserSchema);
}

absl::Status CollectSchemas(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(SchemasSql()));
  for (pg::Row row : result) {
    Object& object = collector.Add({catalog_oid::kNamespace, row.oid(kOid)});
    object.name = row.str(kName);
    object.owner = row.str(kOwner);
    const std::string quoted = pg::QuoteIdentifier(object.name);
    object.target = absl::StrCat("SCHEMA ", quoted);
    object.grant_target = object.target;
    object.acl_kind = 'n';
    if (object.name == "public") {
      // From 15 on a new database's public belongs to pg_database_owner.
      if (object.owner == "pg_database_owner") object.owner.clear();
      object.body =
          std::make_shared<SqlBody>(std::vector<std::string>{}, "", "");
    } else {
      object.body = std::make_shared<SqlBody>(
          std::vector<std::string>{absl::StrCat("CREATE SCHEMA ", quoted)},
          "SCHEMA", quoted);
    }
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kSchemaKind = {"SCHEMA", CollectSchemas};

}  // namespace pgbale
