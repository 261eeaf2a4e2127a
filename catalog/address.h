// How PostgreSQL's catalogs name an object: the catalog it is in, its oid, and
// for a column its number (pg_depend, pg_description, pg_seclabel).

#ifndef PGBALE_CATALOG_ADDRESS_H_
#define PGBALE_CATALOG_ADDRESS_H_

#include <cstdint>
#include <tuple>
#include <utility>

#include "base/pg/result.h"

namespace pgbale {

using pg::Oid;

// Oids of the catalogs themselves: fixed in every version
// (src/include/catalog/pg_*.h), so they need no look-up.
namespace catalog_oid {
inline constexpr Oid kDefaultAcl = 826;
inline constexpr Oid kTablespace = 1213;
inline constexpr Oid kType = 1247;
inline constexpr Oid kProc = 1255;
inline constexpr Oid kClass = 1259;
inline constexpr Oid kAuthId = 1260;
inline constexpr Oid kDatabase = 1262;
inline constexpr Oid kAuthMembers = 1261;
inline constexpr Oid kForeignServer = 1417;
inline constexpr Oid kUserMapping = 1418;
inline constexpr Oid kForeignDataWrapper = 2328;
inline constexpr Oid kAm = 2601;
inline constexpr Oid kAmOp = 2602;
inline constexpr Oid kAmProc = 2603;
inline constexpr Oid kAttrDef = 2604;
inline constexpr Oid kCast = 2605;
inline constexpr Oid kConstraint = 2606;
inline constexpr Oid kConversion = 2607;
inline constexpr Oid kLanguage = 2612;
inline constexpr Oid kLargeObject = 2613;
inline constexpr Oid kNamespace = 2615;
inline constexpr Oid kOpClass = 2616;
inline constexpr Oid kOperator = 2617;
inline constexpr Oid kRewrite = 2618;
inline constexpr Oid kTrigger = 2620;
inline constexpr Oid kOpFamily = 2753;
inline constexpr Oid kExtension = 3079;
inline constexpr Oid kPolicy = 3256;
inline constexpr Oid kStatisticExt = 3381;
inline constexpr Oid kCollation = 3456;
inline constexpr Oid kEventTrigger = 3466;
inline constexpr Oid kTransform = 3576;
inline constexpr Oid kTsDict = 3600;
inline constexpr Oid kTsParser = 3601;
inline constexpr Oid kTsConfig = 3602;
inline constexpr Oid kTsTemplate = 3764;
inline constexpr Oid kSubscription = 6100;
inline constexpr Oid kPublication = 6104;
inline constexpr Oid kPublicationRel = 6106;
inline constexpr Oid kPublicationNamespace = 6237;
inline constexpr Oid kParameterAcl = 6243;

// What has no catalog of its own but is an object for us. The oid beside it
// is that of the relation, type, … it belongs to. Below every real catalog.
inline constexpr Oid kPseudoTableData = 1;
inline constexpr Oid kPseudoTableAttach = 2;
inline constexpr Oid kPseudoIndexAttach = 3;
inline constexpr Oid kPseudoSequenceSet = 4;
inline constexpr Oid kPseudoSequenceOwnedBy = 5;
inline constexpr Oid kPseudoRowSecurity = 6;
inline constexpr Oid kPseudoRefresh = 7;
inline constexpr Oid kPseudoShellType = 8;
inline constexpr Oid kPseudoViewDefinition = 9;
inline constexpr Oid kPseudoDatabaseProperties = 10;
inline constexpr Oid kPseudoLargeObjectData = 11;
// A default that no catalog row stands for; the oid is a running number.
inline constexpr Oid kPseudoDefault = 12;
inline constexpr Oid kPseudoOperatorFamilyMembers = 13;
inline constexpr Oid kPseudoStatistics = 14;
inline constexpr Oid kPseudoDomainDefault = 15;
// The settings of a role in all databases; oid 0: those of all roles.
inline constexpr Oid kPseudoRoleSetting = 20;
}  // namespace catalog_oid

// The lowest oid of an object that initdb did not make (FirstNormalObjectId).
inline constexpr Oid kFirstUserOid = 16384;

struct Address {
  Oid catalog = 0;
  Oid oid = 0;

  bool valid() const { return catalog != 0; }
  bool operator==(const Address&) const = default;
  bool operator<(const Address& other) const {
    return std::tie(catalog, oid) < std::tie(other.catalog, other.oid);
  }
  template <typename H>
  friend H AbslHashValue(H h, const Address& a) {
    return H::combine(std::move(h), a.catalog, a.oid);
  }
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_ADDRESS_H_
