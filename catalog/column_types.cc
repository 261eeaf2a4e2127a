#include "catalog/column_types.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pgbale {
namespace {

enum Field {
  kOid,
  kName,
  kKind,
  kCategory,
  kLength,
  kBase,
  kElement,
  kHasBinary
};

// Oids below it are assigned by hand and the same in every version
// (FirstGenbkiObjectId).
constexpr Oid kFirstUnstableOid = 10000;

// Built-in types whose binary form is missing, refuses what it sent itself (the
// empty oidvector, int2vector, tsquery), or means something else in another
// session. Those of oids (regclass …) are found by their prefix.
constexpr absl::string_view kTextOnly[] = {
    "aclitem",
    "int2vector",
    "oidvector",
    "pg_brin_bloom_summary",
    "pg_brin_minmax_multi_summary",
    "pg_dependencies",
    "pg_mcv_list",
    "pg_ndistinct",
    "pg_node_tree",
    "refcursor",
    "tsquery",
    "xml",
};

bool IsTextOnly(absl::string_view name) {
  return absl::StartsWith(name, "reg") ||
         std::find(std::begin(kTextOnly), std::end(kTextOnly), name) !=
             std::end(kTextOnly);
}

// The length in the row is that on the wire, but for name, which goes as text.
ColumnType BuiltInType(pg::Row row) {
  if (!row.boolean(kHasBinary)) return {};
  const int64_t length = row.integer(kLength);
  const bool fixed = length > 0 && row.text(kName) != "name";
  return {true, fixed ? static_cast<uint32_t>(length) : 0, row.oid(kOid)};
}

}  // namespace

std::string ColumnTypes::Sql() {
  return absl::StrCat(
      "SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typlen, "
      "t.typbasetype, t.typelem, t.typsend <> 0 AND t.typreceive <> 0 "
      "FROM pg_catalog.pg_type t WHERE t.typtype IN ('e', 'd') OR t.oid < ",
      kFirstUnstableOid, " AND t.typtype IN ('b', 'r', 'm') ORDER BY t.oid");
}

ColumnTypes::ColumnTypes(const pg::Result& result) {
  std::vector<pg::Row> arrays, domains;
  for (pg::Row row : result) {
    if (row.text(kKind) == "e") {
      types_[row.oid(kOid)] = {true, 0};
    } else if (row.text(kKind) == "d") {
      domains.push_back(row);
    } else if (IsTextOnly(row.text(kName))) {
      types_[row.oid(kOid)] = {};
    } else if (row.text(kCategory) == "A") {
      arrays.push_back(row);
    } else {
      types_[row.oid(kOid)] = BuiltInType(row);
    }
  }
  for (pg::Row row : arrays) {
    const bool binary = Find(row.oid(kElement)).binary;
    types_[row.oid(kOid)] = {binary, 0, binary ? row.oid(kOid) : 0};
  }
  // A domain may be over a domain that stands behind it: as often as needed.
  for (bool changed = true; changed;) {
    changed = false;
    for (pg::Row row : domains) {
      auto base = types_.find(row.oid(kBase));
      if (base == types_.end()) continue;
      const ColumnType type = base->second;
      changed |= types_.emplace(row.oid(kOid), type).second;
    }
  }
}

ColumnType ColumnTypes::Find(Oid type) const {
  auto it = types_.find(type);
  return it == types_.end() ? ColumnType{} : it->second;
}

}  // namespace pgbale
