#include "catalog/origins.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"

namespace pgbale {
namespace {

// As text for parameters of type oid[].
struct Arrays {
  std::string catalogs, oids;
};

Arrays MakeArrays(const std::vector<Address>& addresses) {
  const auto join = [&](auto member) {
    return absl::StrCat(
        "{",
        absl::StrJoin(addresses, ",",
                      [&](std::string* out, const Address& address) {
                        absl::StrAppend(out, address.*member);
                      }),
        "}");
  };
  return {join(&Address::catalog), join(&Address::oid)};
}

// unnest() of several arrays is syntax, which knows no schema.
// Upwards from each object along the dependencies that drop it; the object
// itself is level 0. A chain is as long as statements nest; the limit is for
// catalogs that were tampered with.
constexpr char kOriginsSql[] =
    "WITH RECURSIVE above(number, level, classid, objid, deptype) AS ("
    "SELECT u.number, 0, u.classid, u.objid, ' '::pg_catalog.\"char\" "
    "FROM unnest($1::pg_catalog.oid[], $2::pg_catalog.oid[]) "
    "WITH ORDINALITY u(classid, objid, number) "
    "UNION SELECT a.number, a.level + 1, d.refclassid, d.refobjid, d.deptype "
    "FROM above a JOIN pg_catalog.pg_depend d ON d.classid = a.classid "
    "AND d.objid = a.objid AND d.deptype IN ('a', 'i', 'P', 'S', 'e') "
    "WHERE a.level < 16) "
    "SELECT a.number, a.level, a.classid, a.objid, a.deptype, "
    "c.relpersistence = 't', n.nspname, a.deptype IN ('P', 'S') "
    "AND a.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass "
    "AND EXISTS (SELECT FROM pg_catalog.pg_constraint k "
    "WHERE k.oid = a.objid AND k.contype = 'f') FROM above a "
    "LEFT JOIN pg_catalog.pg_class c ON c.oid = a.objid "
    "AND a.classid = 'pg_catalog.pg_class'::pg_catalog.regclass "
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.objid "
    "AND a.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass";

// Of an internal dependency.
bool IsPart(const Address& object, const Address& owner) {
  const bool identity_sequence =
      object.catalog == catalog_oid::kClass && owner.catalog == object.catalog;
  return !identity_sequence && object.catalog != catalog_oid::kAttrDef;
}

}  // namespace

absl::StatusOr<std::vector<Origin>> ReadOrigins(
    pg::Connection& connection, const std::vector<Address>& addresses) {
  enum {
    kNumber,
    kLevel,
    kCatalog,
    kOid,
    kDependency,
    kTemporary,
    kSchema,
    kOfForeignKey
  };
  const Arrays arrays = MakeArrays(addresses);
  ASSIGN_OR_RETURN(
      pg::Result rows,
      connection.Query(kOriginsSql, {arrays.catalogs, arrays.oids}));
  std::vector<Origin> origins(addresses.size());
  for (pg::Row row : rows) {
    const auto index = static_cast<size_t>(row.integer(kNumber)) - 1;
    Origin& origin = origins[index];
    origin.temporary = origin.temporary || row.boolean(kTemporary);
    if (row.integer(kLevel) == 0) continue;
    const Address owner = {row.oid(kCatalog), row.oid(kOid)};
    origin.owners.push_back(owner);
    if (row.text(kDependency) == "e") origin.of_extension = true;
    if (row.integer(kLevel) > 1) continue;
    origin.direct_owners.push_back(owner);
    if (!row.is_null(kSchema)) origin.schema = row.str(kSchema);
    origin.part =
        origin.part || row.boolean(kOfForeignKey) ||
        (row.text(kDependency) == "i" && IsPart(addresses[index], owner));
  }
  return origins;
}

absl::StatusOr<absl::flat_hash_map<Oid, ObjectName>> IdentifyObjects(
    pg::Connection& connection, const std::vector<Address>& addresses) {
  enum { kOid, kType, kIdentity };
  absl::flat_hash_map<Oid, ObjectName> names;
  if (addresses.empty()) return names;
  const Arrays arrays = MakeArrays(addresses);
  ASSIGN_OR_RETURN(
      pg::Result rows,
      connection.Query(
          "SELECT u.objid, i.type, i.identity FROM unnest("
          "$1::pg_catalog.oid[], $2::pg_catalog.oid[]) u(classid, objid), "
          "pg_catalog.pg_identify_object(u.classid, u.objid, 0) i "
          "WHERE i.identity IS NOT NULL",
          {arrays.catalogs, arrays.oids}));
  for (pg::Row row : rows)
    names[row.oid(kOid)] = {row.str(kType), row.str(kIdentity)};
  return names;
}

}  // namespace pgbale
