#include "catalog/inheritance.h"

#include <string>

#include "absl/container/flat_hash_set.h"

namespace pgbale {
namespace {

// Parent and child mostly have a column in the same place: looked at first,
// so that wide tables take linear time.
const RelationColumn* FindByName(const Relation& relation,
                                 const std::string& name, int likely_number) {
  const RelationColumn* likely = relation.FindColumn(likely_number);
  if (likely != nullptr && !likely->dropped && likely->name == name)
    return likely;
  for (const RelationColumn& column : relation.columns) {
    if (!column.dropped && column.name == name) return &column;
  }
  return nullptr;
}

}  // namespace

std::vector<ParentColumn> ParentColumns(const RelationMap& relations,
                                        const Relation& child,
                                        const RelationColumn& column) {
  std::vector<ParentColumn> found;
  for (Oid oid : child.parents) {
    const Relation* parent = relations.Find(oid);
    if (parent == nullptr) continue;
    if (const RelationColumn* same =
            FindByName(*parent, column.name, column.number)) {
      found.push_back({parent, same});
    }
  }
  return found;
}

bool HasOwnNotNull(const RelationMap& relations, const Relation& relation,
                   const RelationColumn& column) {
  if (!column.not_null) return false;
  if (relation.is_partition) return true;
  for (const ParentColumn& parent :
       ParentColumns(relations, relation, column)) {
    if (parent.column->not_null) return false;
  }
  return true;
}

Descendants::Descendants(const RelationMap& relations) {
  for (Oid oid : relations.oids()) {
    for (Oid parent : relations.Find(oid)->parents)
      children_[parent].push_back(oid);
  }
}

std::vector<Address> Descendants::WithSelf(Oid table) const {
  std::vector<Address> tables = {{catalog_oid::kClass, table}};
  absl::flat_hash_set<Oid> seen = {table};
  for (size_t i = 0; i < tables.size(); ++i) {
    auto it = children_.find(tables[i].oid);
    if (it == children_.end()) continue;
    for (Oid child : it->second) {
      if (seen.insert(child).second)
        tables.push_back({catalog_oid::kClass, child});
    }
  }
  return tables;
}

}  // namespace pgbale
