// USER MAPPING. Who may read pg_user_mapping reads the options, which may hold
// passwords, there; others see in pg_user_mappings those of their own.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/foreign_options.h"

namespace pgbale {
namespace {

enum Field { kOid, kServer, kUser, kVisible, kOptions };

constexpr char kMayReadAllSql[] =
    "SELECT pg_catalog.has_table_privilege("
    "'pg_catalog.pg_user_mapping', 'SELECT')";

// The view shows the options to a user who is mapped and may use the server,
// and those of PUBLIC to the server's owner. It shows none where there are
// none, and where they are hidden.
constexpr char kIsVisible[] =
    "CASE WHEN m.umuser = 0 "
    "THEN pg_catalog.pg_has_role(s.srvowner, 'USAGE') "
    "ELSE m.usename = CURRENT_USER "
    "AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') "
    "OR pg_catalog.has_server_privilege(s.oid, 'USAGE')) END";

std::string MappingsSql(bool may_read_all) {
  return absl::StrCat(
      "SELECT m.umid, m.srvname, "
      "CASE WHEN m.umuser <> 0 THEN m.usename END, ",
      may_read_all ? "true" : kIsVisible, ", ",
      ForeignOptionsSql(may_read_all ? "u.umoptions" : "m.umoptions"),
      " FROM pg_catalog.pg_user_mappings m "
      "JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid",
      may_read_all ? " JOIN pg_catalog.pg_user_mapping u ON u.oid = m.umid"
                   : "");
}

void AddMapping(Collector& collector, pg::Row row) {
  Object& object = collector.Add({catalog_oid::kUserMapping, row.oid(kOid)});
  const absl::string_view server = row.text(kServer);
  const bool is_public = row.is_null(kUser);
  object.name =
      absl::StrCat("USER MAPPING ", is_public ? "public" : row.text(kUser),
                   " SERVER ", server);
  const std::string identity = absl::StrCat(
      "FOR ", is_public ? "public" : pg::QuoteIdentifier(row.text(kUser)),
      " SERVER ", pg::QuoteIdentifier(server));
  object.body = std::make_shared<SqlBody>(
      std::vector<std::string>{
          absl::StrCat("CREATE USER MAPPING ", identity,
                       ForeignOptionsClause(" ", row.text(kOptions)))},
      "USER MAPPING", identity);
  if (row.boolean(kVisible)) return;
  collector.WarnOf(
      object.address,
      absl::StrCat("user mapping for ",
                   is_public ? "PUBLIC" : Quoted(row.text(kUser)),
                   " on server ", Quoted(server),
                   ": its options, if it has any, are not in the archive; "
                   "only a superuser may read them"));
}

absl::Status CollectMappings(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result may_read_all, collector.Query(kMayReadAllSql));
  ASSIGN_OR_RETURN(
      pg::Result result,
      collector.Query(MappingsSql(may_read_all.row(0).boolean(0))));
  for (pg::Row row : result) AddMapping(collector, row);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kUserMappingKind = {"USER MAPPING", CollectMappings};

}  // namespace pgbale
