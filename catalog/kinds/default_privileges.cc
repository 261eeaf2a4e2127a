// DEFAULT ACL: ALTER DEFAULT PRIVILEGES, of a role in one schema or in all.
// Restored with the privileges, behind all objects, so that it does not touch
// these.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/privileges.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field { kOid, kRole, kSchemaOid, kSchema, kType, kAclKind, kAcl, kBase };

// Those of a schema are added to what objects have anyway; those of all
// schemas stand in its place, so that they can take away from it.
std::string DefaultPrivilegesSql() {
  constexpr absl::string_view kKind =
      "(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END)"
      "::pg_catalog.\"char\"";
  return absl::StrCat(
      "SELECT d.oid, pg_catalog.pg_get_userbyid(d.defaclrole), "
      "n.oid, n.nspname, d.defaclobjtype, ",
      kKind,
      ", d.defaclacl, CASE WHEN d.defaclnamespace = 0 "
      "THEN pg_catalog.acldefault(",
      kKind,
      ", d.defaclrole) END "
      "FROM pg_catalog.pg_default_acl d "
      "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace "
      "WHERE d.defaclnamespace = 0 OR ",
      kUserSchema, " ORDER BY d.oid");
}

// The objects as ALTER DEFAULT PRIVILEGES names them; "" for a type that this
// version does not know.
absl::string_view ObjectsOfType(absl::string_view type) {
  switch (type.empty() ? '\0' : type[0]) {
    case 'r':
      return "TABLES";
    case 'S':
      return "SEQUENCES";
    case 'f':
      return "FUNCTIONS";
    case 'T':
      return "TYPES";
    case 'n':
      return "SCHEMAS";
    case 'L':
      return "LARGE OBJECTS";
    default:
      return "";
  }
}

// Takes back what the archive gives, as otherwise objects that a restore with
// --clean makes anew would get it on top of their own privileges. Those of
// schemas other than public go with the schema.
DropStatements DropDefaultPrivileges(PrivilegeInput input,
                                     const std::string& schema) {
  if (!schema.empty() && schema != "public") return {};
  std::swap(input.acl, input.base);
  std::vector<std::string> statements = PrivilegeStatements(input);
  return {statements, statements};
}

absl::Status AddDefaultPrivileges(Collector& collector, pg::Row row) {
  const std::string role = row.str(kRole);
  const Address address = {catalog_oid::kDefaultAcl, row.oid(kOid)};
  PrivilegeInput input;
  input.grant_target = std::string(ObjectsOfType(row.text(kType)));
  if (input.grant_target.empty()) {
    collector.Cover(address);
    collector.Warn(absl::StrCat("default privileges for objects of type '",
                                row.text(kType), "' are left out"));
    return absl::OkStatus();
  }
  input.owner = role;
  input.acl_kind = row.text(kAclKind)[0];
  ASSIGN_OR_RETURN(input.acl, ParseAcl(row.array(kAcl)));
  ASSIGN_OR_RETURN(input.base, ParseAcl(row.array(kBase)));
  input.prefix = absl::StrCat("ALTER DEFAULT PRIVILEGES FOR ROLE ",
                              pg::QuoteIdentifier(role), " ");
  if (!row.is_null(kSchema)) {
    absl::StrAppend(&input.prefix, "IN SCHEMA ",
                    pg::QuoteIdentifier(row.text(kSchema)), " ");
  }
  input.server_version = collector.server_version();
  std::vector<std::string> create = PrivilegeStatements(input);
  if (create.empty()) {  // it changes nothing
    collector.Cover(address);
    return absl::OkStatus();
  }

  Object& object = collector.Add(address);
  object.schema = row.str(kSchema);
  object.name = absl::StrCat("DEFAULT PRIVILEGES FOR ", input.grant_target);
  object.section = Section::kPostData;
  object.pass = Pass::kPrivileges;
  object.aspect = Aspect::kPrivileges;
  object.sort_detail = role;
  object.need = NeedOf(create);
  if (row.text(kType) == "L")
    object.need.Add({18, "default privileges of large objects"});
  if (!row.is_null(kSchemaOid))
    object.depends.push_back({catalog_oid::kNamespace, row.oid(kSchemaOid)});
  object.body = std::make_shared<StatementBody>(
      std::move(create), DropDefaultPrivileges(input, object.schema));
  return absl::OkStatus();
}

absl::Status CollectDefaultPrivileges(Collector& collector) {
  if (!collector.options().privileges) {
    collector.Omit(catalog_oid::kDefaultAcl);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(DefaultPrivilegesSql()));
  for (pg::Row row : result)
    RETURN_IF_ERROR(AddDefaultPrivileges(collector, row));
  return absl::OkStatus();
}

}  // namespace

extern const Kind kDefaultPrivilegesKind = {"DEFAULT ACL",
                                            CollectDefaultPrivileges};

}  // namespace pgbale
