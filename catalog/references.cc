#include "catalog/references.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pgbale {

std::string ReferencedRelationsJoin(Oid catalog, absl::string_view oid) {
  return absl::StrCat(
      " LEFT JOIN (SELECT objid, "
      "pg_catalog.array_agg(DISTINCT refobjid) AS relations "
      "FROM pg_catalog.pg_depend WHERE classid = ",
      catalog, " AND refclassid = ", catalog_oid::kClass,
      " AND deptype = 'n' GROUP BY objid) rf ON rf.objid = ", oid, " ");
}

std::vector<Address> AddressesOf(Oid catalog,
                                 const std::vector<std::string>& oids) {
  std::vector<Address> addresses;
  for (const std::string& text : oids) {
    Oid oid = 0;
    if (absl::SimpleAtoi(text, &oid)) addresses.push_back({catalog, oid});
  }
  return addresses;
}

void AddSharedLocks(const std::vector<std::string>& relations, Object& object) {
  for (const Address& address : AddressesOf(catalog_oid::kClass, relations)) {
    if (std::find(object.locks.begin(), object.locks.end(), address) ==
        object.locks.end()) {
      object.shared_locks.push_back(address);
    }
  }
}

}  // namespace pgbale
