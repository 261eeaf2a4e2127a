// SERVER: a foreign server.

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/foreign_options.h"
#include "catalog/named_object.h"

namespace pgbale {
namespace {

enum Field { kOid, kName, kOwner, kType, kVersion, kWrapper, kOptions };

std::string ServersSql() {
  return absl::StrCat(
      "SELECT s.oid, s.srvname, pg_catalog.pg_get_userbyid(s.srvowner), "
      "s.srvtype, s.srvversion, w.fdwname, ",
      ForeignOptionsSql("s.srvoptions"),
      " FROM pg_catalog.pg_foreign_server s "
      "JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw");
}

// An empty text is one, too.
std::string TextClause(absl::string_view word, pg::Row row, Field field) {
  if (row.is_null(field)) return "";
  return absl::StrCat(word, pg::QuoteLiteral(row.text(field)));
}

std::string CreateStatement(pg::Row row) {
  return absl::StrCat(
      "CREATE SERVER ", pg::QuoteIdentifier(row.text(kName)),
      TextClause(" TYPE ", row, kType), TextClause(" VERSION ", row, kVersion),
      " FOREIGN DATA WRAPPER ", pg::QuoteIdentifier(row.text(kWrapper)),
      ForeignOptionsClause(" ", row.text(kOptions)));
}

absl::Status CollectServers(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(ServersSql()));
  for (pg::Row row : result) {
    Object& object = AddNamedObject(
        collector, {catalog_oid::kForeignServer, row.oid(kOid)}, "SERVER",
        {"", row.str(kName), row.str(kOwner)}, {CreateStatement(row)});
    object.grant_target =
        absl::StrCat("FOREIGN SERVER ", pg::QuoteIdentifier(object.name));
    object.acl_kind = 'S';
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kForeignServerKind = {"SERVER", CollectServers};

}  // namespace pgbale
