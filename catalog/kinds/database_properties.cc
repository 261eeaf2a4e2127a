// DATABASE PROPERTIES: what ALTER DATABASE and ALTER ROLE … IN DATABASE say of
// the dumped database: limits, whether it is a template, settings.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/setting.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

namespace database_field {
enum { kOid, kName, kIsTemplate, kConnectionLimit };
}  // namespace database_field

constexpr char kDatabaseSql[] =
    "SELECT d.oid, d.datname, d.datistemplate, d.datconnlimit "
    "FROM pg_catalog.pg_database d "
    "WHERE d.datname = pg_catalog.current_database()";

namespace setting_field {
enum { kRole, kSettings };
}  // namespace setting_field

constexpr char kSettingsSql[] =
    "SELECT CASE WHEN s.setrole <> 0 "
    "THEN pg_catalog.pg_get_userbyid(s.setrole) END AS role, s.setconfig "
    "FROM pg_catalog.pg_db_role_setting s "
    "JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase "
    "WHERE d.datname = pg_catalog.current_database() "
    "ORDER BY role NULLS FIRST";

std::vector<std::string> SettingStatements(const pg::Result& settings,
                                           absl::string_view database) {
  using namespace setting_field;
  std::vector<std::string> statements;
  for (pg::Row row : settings) {
    const std::string subject =
        row.is_null(kRole)
            ? absl::StrCat("DATABASE ", database)
            : absl::StrCat("ROLE ", pg::QuoteIdentifier(row.text(kRole)),
                           " IN DATABASE ", database);
    for (const std::string& setting : row.array(kSettings)) {
      statements.push_back(
          absl::StrCat("ALTER ", subject, " ", SetClause(setting)));
    }
  }
  return statements;
}

void AddDatabaseProperties(Collector& collector, pg::Row row,
                           const pg::Result& settings) {
  using namespace database_field;
  const std::string name = pg::QuoteIdentifier(row.text(kName));
  std::vector<std::string> create;
  DropStatements drop;
  if (row.integer(kConnectionLimit) != -1) {
    create.push_back(
        absl::StrCat("ALTER DATABASE ", name,
                     " CONNECTION LIMIT = ", row.text(kConnectionLimit)));
  }
  if (row.boolean(kIsTemplate)) {
    create.push_back(
        absl::StrCat("ALTER DATABASE ", name, " IS_TEMPLATE = true"));
    // A template cannot be dropped. ALTER DATABASE knows no IF EXISTS.
    drop.plain = {
        absl::StrCat("UPDATE pg_catalog.pg_database SET datistemplate = false "
                     "WHERE datname = ",
                     pg::QuoteLiteral(row.text(kName)))};
    drop.if_exists = drop.plain;
  }
  for (std::string& statement : SettingStatements(settings, name))
    create.push_back(std::move(statement));
  if (create.empty()) return;

  Object& object =
      collector.Add({catalog_oid::kPseudoDatabaseProperties, row.oid(kOid)});
  object.name = row.str(kName);
  object.aspect = Aspect::kDatabase;
  object.parent = {catalog_oid::kDatabase, row.oid(kOid)};
  object.depends = {object.parent};
  object.body =
      std::make_shared<StatementBody>(std::move(create), std::move(drop));
}

absl::Status CollectDatabaseProperties(Collector& collector) {
  ASSIGN_OR_RETURN(pg::Result database, collector.Query(kDatabaseSql));
  ASSIGN_OR_RETURN(pg::Result settings, collector.Query(kSettingsSql));
  for (pg::Row row : database) AddDatabaseProperties(collector, row, settings);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDatabasePropertiesKind = {"DATABASE PROPERTIES",
                                             CollectDatabaseProperties};

}  // namespace pgbale
