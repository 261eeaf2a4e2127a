// PARAMETER ACL: GRANT … ON PARAMETER (servers 15 and later). A parameter is
// no object: what is granted is all there is.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/collector.h"
#include "catalog/privileges.h"
#include "catalog/statement_body.h"

namespace pgbale {
namespace {

enum Field { kOid, kName, kOwner, kAcl, kBase };

constexpr int kSince = 15;

// Parameters belong to the superuser that initdb made.
constexpr char kParametersSql[] =
    "SELECT p.oid, p.parname, pg_catalog.pg_get_userbyid(10), p.paracl, "
    "pg_catalog.acldefault('p', 10) FROM pg_catalog.pg_parameter_acl p";

absl::Status AddParameter(Collector& collector, pg::Row row) {
  PrivilegeInput input;
  input.grant_target =
      absl::StrCat("PARAMETER ", pg::QuoteIdentifier(row.text(kName)));
  input.owner = row.str(kOwner);
  input.acl_kind = 'p';
  ASSIGN_OR_RETURN(input.acl, ParseAcl(row.array(kAcl)));
  ASSIGN_OR_RETURN(input.base, ParseAcl(row.array(kBase)));
  input.server_version = collector.server_version();
  std::vector<std::string> create = PrivilegeStatements(input);
  if (create.empty()) return absl::OkStatus();
  Object& object = collector.Add({catalog_oid::kParameterAcl, row.oid(kOid)});
  object.name = row.str(kName);
  object.aspect = Aspect::kGlobal;
  object.body =
      std::make_shared<StatementBody>(std::move(create), DropStatements{});
  return absl::OkStatus();
}

absl::Status CollectParameterPrivileges(Collector& collector) {
  if (collector.server_major() < kSince || !collector.options().privileges)
    return absl::OkStatus();
  ASSIGN_OR_RETURN(pg::Result result, collector.Query(kParametersSql));
  for (pg::Row row : result) RETURN_IF_ERROR(AddParameter(collector, row));
  return absl::OkStatus();
}

}  // namespace

extern const Kind kParameterPrivilegesKind = {
    "PARAMETER ACL", CollectParameterPrivileges, nullptr, Scope::kRoles};

}  // namespace pgbale
