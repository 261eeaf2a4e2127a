// ROLE SETTING: ALTER ROLE … SET, in all databases. What a role sets in one
// database belongs to that (database_properties.cc).

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/setting.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field { kOid, kRole, kSettings };

// Oid 0: ALTER ROLE ALL.
constexpr char kSettingsSql[] =
    "SELECT s.setrole, r.rolname, s.setconfig "
    "FROM pg_catalog.pg_db_role_setting s "
    "LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole "
    "WHERE s.setdatabase = 0 AND (s.setrole = 0 OR r.oid IS NOT NULL)";

absl::Status CollectRoleSettings(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(kSettingsSql));
  for (pg::Row row : result) {
    const bool all = row.is_null(kRole);
    const std::string role = all ? "ALL" : pg::QuoteIdentifier(row.text(kRole));
    std::vector<std::string> create;
    for (const std::string& setting : row.array(kSettings)) {
      create.push_back(
          absl::StrCat("ALTER ROLE ", role, " ", SetClause(setting)));
    }
    Object& object =
        collector.Add({catalog_oid::kPseudoRoleSetting, row.oid(kOid)});
    object.name = all ? "ALL" : row.str(kRole);
    object.aspect = Aspect::kGlobal;
    object.depends = {{catalog_oid::kAuthId, row.oid(kOid)}};
    object.body =
        std::make_shared<StatementBody>(std::move(create), DropStatements{});
  }
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRoleSettingKind = {"ROLE SETTING", CollectRoleSettings,
                                      nullptr, Scope::kRoles};

}  // namespace pgbale
