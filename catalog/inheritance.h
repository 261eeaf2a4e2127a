// What inheritance means for a dump: a child repeats what its parents give
// it, and must not print it again, or it would become the child's own.
//
// A partition is different: it is made as a table of its own and attached
// later, so that it prints everything.

#ifndef PGBALE_CATALOG_INHERITANCE_H_
#define PGBALE_CATALOG_INHERITANCE_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "catalog/address.h"
#include "catalog/relation.h"

namespace pgbale {

// True if CREATE TABLE lists the column.
inline bool IsPrinted(const Relation& relation, const RelationColumn& column) {
  return !column.dropped && (column.local || relation.is_partition);
}

struct ParentColumn {
  const Relation* relation;
  const RelationColumn* column;
};

// The columns of the direct parents that `column` of `child` is merged from.
std::vector<ParentColumn> ParentColumns(const RelationMap& relations,
                                        const Relation& child,
                                        const RelationColumn& column);

// For servers without named not-null constraints (before 18): the column is
// NOT NULL, and not because of a parent.
bool HasOwnNotNull(const RelationMap& relations, const Relation& relation,
                   const RelationColumn& column);

// Who inherits from whom, downwards. `relations` may change afterwards.
class Descendants {
 public:
  explicit Descendants(const RelationMap& relations);

  // The table itself and all that inherit from it, directly or not: what an
  // ALTER TABLE without ONLY locks.
  std::vector<Address> WithSelf(Oid table) const;

 private:
  absl::flat_hash_map<Oid, std::vector<Oid>> children_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_INHERITANCE_H_
