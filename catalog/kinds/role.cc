// ROLE: attributes and password. The roles that every server has ("pg_…") are
// left alone, save for a comment that somebody gave them.

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/pg/sqlstate.h"
#include "base/status.h"
#include "base/text.h"
#include "catalog/collector.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kSuperuser,
  kInherit,
  kCreateRole,
  kCreateDb,
  kLogin,
  kReplication,
  kBypassRls,
  kConnectionLimit,
  kPassword,
  kValidUntil
};

// Only superusers can read pg_authid; the view pg_roles shows all but the
// password.
std::string RolesSql(bool passwords) {
  return absl::StrCat(
      "SELECT r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, "
      "r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, "
      "r.rolconnlimit, ",
      passwords ? "r.rolpassword" : "NULL", ", r.rolvaliduntil FROM ",
      passwords ? "pg_catalog.pg_authid" : "pg_catalog.pg_roles",
      " r WHERE r.rolname !~ '^pg_' OR r.oid >= ", kFirstUserOid,
      " OR EXISTS (SELECT FROM pg_catalog.pg_shdescription d WHERE d.classoid "
      "= ",
      catalog_oid::kAuthId, " AND d.objoid = r.oid)");
}

struct Attribute {
  Field field;
  absl::string_view word;
};
constexpr Attribute kAttributes[] = {
    {kSuperuser, "SUPERUSER"},   {kInherit, "INHERIT"},
    {kCreateRole, "CREATEROLE"}, {kCreateDb, "CREATEDB"},
    {kLogin, "LOGIN"},           {kReplication, "REPLICATION"},
    {kBypassRls, "BYPASSRLS"}};

std::string AlterRole(absl::string_view name, pg::Row row) {
  std::string sql = absl::StrCat("ALTER ROLE ", name, " WITH");
  for (const Attribute& attribute : kAttributes) {
    absl::StrAppend(&sql, row.boolean(attribute.field) ? " " : " NO",
                    attribute.word);
  }
  return sql;
}

// What a new role has anyway is not said.
std::vector<std::string> CreateStatements(absl::string_view name, pg::Row row) {
  std::string alter = AlterRole(name, row);
  if (row.integer(kConnectionLimit) != -1) {
    absl::StrAppend(&alter, " CONNECTION LIMIT ", row.text(kConnectionLimit));
  }
  if (!row.is_null(kPassword)) {
    absl::StrAppend(&alter, " PASSWORD ",
                    pg::QuoteLiteral(row.text(kPassword)));
  }
  if (!row.is_null(kValidUntil)) {
    absl::StrAppend(&alter, " VALID UNTIL ",
                    pg::QuoteLiteral(row.text(kValidUntil)));
  }
  return {absl::StrCat("CREATE ROLE ", name), std::move(alter)};
}

// A role without an end that had one gets the only word for it: nothing takes
// the end away, and one that has none must not get it.
std::string EndlessSql(absl::string_view raw_name, absl::string_view name) {
  return absl::StrCat(
      "DO ",
      pg::DollarQuote(absl::StrCat(
          "BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ",
          pg::QuoteLiteral(raw_name),
          " AND rolvaliduntil < 'infinity') THEN ALTER ROLE ", name,
          " VALID UNTIL 'infinity'; END IF; END")));
}

std::vector<std::string> AlterStatements(absl::string_view name, pg::Row row,
                                         bool passwords) {
  std::string alter = AlterRole(name, row);
  absl::StrAppend(&alter, " CONNECTION LIMIT ", row.text(kConnectionLimit));
  if (passwords) {
    absl::StrAppend(&alter, " PASSWORD ",
                    row.is_null(kPassword)
                        ? "NULL"
                        : pg::QuoteLiteral(row.text(kPassword)));
  }
  if (row.is_null(kValidUntil))
    return {std::move(alter), EndlessSql(row.text(kName), name)};
  absl::StrAppend(&alter, " VALID UNTIL ",
                  pg::QuoteLiteral(row.text(kValidUntil)));
  return {std::move(alter)};
}

void AddRole(Collector& collector, pg::Row row) {
  const bool reserved = absl::StartsWith(row.text(kName), "pg_");
  if (reserved && row.oid(kOid) >= kFirstUserOid) {
    return collector.Warn(absl::StrCat(
        "not in the archive: role ", Quoted(row.text(kName)),
        ": no server makes a role whose name begins with \"pg_\""));
  }
  Object& object = collector.Add({catalog_oid::kAuthId, row.oid(kOid)});
  object.name = row.str(kName);
  object.aspect = Aspect::kGlobal;
  const std::string name = pg::QuoteIdentifier(object.name);
  object.target = absl::StrCat("ROLE ", name);
  if (reserved) return;
  object.body = std::make_shared<StatementBody>(
      CreateStatements(name, row), DropStatements{}, "",
      AlterStatements(name, row, collector.options().role_passwords));
}

absl::Status CollectRoles(Collector& collector) {
  const bool passwords = collector.options().role_passwords;
  absl::StatusOr<pg::Result> result = collector.Query(RolesSql(passwords));
  if (passwords && SqlStateOf(result.status()) == pg::kInsufficientPrivilege) {
    return WithHint(result.status(),
                    "Only a superuser can read the passwords of roles: log in "
                    "as one, or use --no-role-passwords.");
  }
  RETURN_IF_ERROR(result.status());
  for (pg::Row row : *result) AddRole(collector, row);
  return absl::OkStatus();
}

}  // namespace

extern const Kind kRoleKind = {"ROLE", CollectRoles, nullptr, Scope::kRoles};

}  // namespace pgbale
