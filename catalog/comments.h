// Comments: from pg_description to COMMENT ON.

#ifndef PGBALE_CATALOG_COMMENTS_H_
#define PGBALE_CATALOG_COMMENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/object.h"
#include "catalog/place.h"
#include "catalog/relation.h"

namespace pgbale {

struct CommentRecord {
  Place place;
  std::string text;
};

// Reads the comments of all objects that users made, of the schema "public"
// unless it is the one that it is made with (none is an empty one), of the
// current database, and of all roles and tablespaces, by address and column;
// one query.
absl::StatusOr<std::vector<CommentRecord>> ReadComments(
    pg::Connection& connection);

// "COMMENT ON … IS '…'" for a comment on `object`, at its address, an alias
// of it or a column. Empty if what the comment is on cannot be named.
std::string CommentStatement(const CommentRecord& record, const Object& object,
                             const RelationMap& relations);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COMMENTS_H_
