#include "catalog/relation.h"

#include <algorithm>
#include <utility>

#include "base/pg/quote.h"

namespace pgbale {

const RelationColumn* Relation::FindColumn(int number) const {
  auto it = std::lower_bound(
      columns.begin(), columns.end(), number,
      [](const RelationColumn& column, int n) { return column.number < n; });
  return it != columns.end() && it->number == number ? &*it : nullptr;
}

std::vector<std::string> ColumnNames(const Relation& relation,
                                     const std::vector<int64_t>& numbers) {
  std::vector<std::string> names;
  for (int64_t number : numbers) {
    const RelationColumn* column =
        relation.FindColumn(static_cast<int>(number));
    if (column != nullptr) names.push_back(pg::QuoteIdentifier(column->name));
  }
  return names;
}

const Relation* RelationMap::Find(Oid oid) const {
  auto it = by_oid_.find(oid);
  return it == by_oid_.end() ? nullptr : it->second.get();
}

Relation* RelationMap::FindMutable(Oid oid) {
  auto it = by_oid_.find(oid);
  return it == by_oid_.end() ? nullptr : it->second.get();
}

void RelationMap::Add(Relation relation) {
  const Oid oid = relation.oid;
  by_oid_[oid] = std::make_unique<Relation>(std::move(relation));
  oids_.push_back(oid);
}

}  // namespace pgbale
