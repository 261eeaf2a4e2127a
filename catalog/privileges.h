// Privileges: from the access control lists of the catalogs to the GRANT and
// REVOKE that make them out of what a new object has.
//
// An object starts with the privileges of acldefault(), a member of an
// extension with those that its script left (pg_init_privs): this is the
// base, and only what differs from it is said.

#ifndef PGBALE_CATALOG_PRIVILEGES_H_
#define PGBALE_CATALOG_PRIVILEGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/pg/connection.h"
#include "catalog/address.h"
#include "catalog/object.h"

namespace pgbale {

// One element of an ACL: "reader=r*w/owner".
struct AclItem {
  std::string grantee;  // raw role name; empty: PUBLIC
  std::string letters;  // as the server has them; '*' after one: grantable
  std::string grantor;  // raw

  bool operator==(const AclItem&) const = default;
};

// Parses one aclitem. InvalidArgument if the text is none.
absl::StatusOr<AclItem> ParseAclItem(absl::string_view text);
// Parses the elements of an aclitem[].
absl::StatusOr<std::vector<AclItem>> ParseAcl(
    const std::vector<std::string>& items);

struct PrivilegeInput {
  std::string grant_target;  // "TABLE public.t"; for default ones "TABLES"
  std::string column;        // raw; empty: the object as a whole
  std::string owner;         // raw
  char acl_kind = 0;         // letter of acldefault(); 'c' for a column
  std::vector<AclItem> acl, base;
  // Before each GRANT and REVOKE: "ALTER DEFAULT PRIVILEGES … ", or empty.
  std::string prefix;
  // Of the server that the lists come from: ALL is what it knows.
  int server_version = 0;
};

// The statements that turn `base` into `acl`: revocations, the owner's own
// grants, the others' in the order of the list. A grantor other than the
// owner is set for the session around his grants. Empty if nothing differs.
std::vector<std::string> PrivilegeStatements(const PrivilegeInput& input);

// What statements like these ask of the server.
ServerNeed NeedOf(const std::vector<std::string>& statements);

// An ACL that differs from its base, as read from the server.
struct PrivilegeRecord {
  Address address;
  int column = 0;           // attnum, negative for system columns; 0: none
  std::string column_name;  // raw
  char acl_kind = 0;
  std::string schema, name;  // raw; name with argument types for routines
  std::string owner;         // raw
  // As Object::grant_target, for objects that are none of ours: those of
  // pg_catalog, members of extensions, languages.
  std::string grant_target;
  std::vector<AclItem> acl, base;
};

// Reads all ACLs of the database that differ from their base, system objects'
// included, by address and column; one query.
absl::StatusOr<std::vector<PrivilegeRecord>> CollectPrivileges(
    pg::Connection& connection);

// The statements for a record: of `object`, or of an object without one.
std::vector<std::string> StatementsFor(const PrivilegeRecord& record,
                                       const Object& object,
                                       int server_version);
std::vector<std::string> StatementsFor(const PrivilegeRecord& record,
                                       int server_version);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_PRIVILEGES_H_
