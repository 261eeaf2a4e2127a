// What the kinds of data types have in common: how they are read, named, owned
// and granted, and the clause of a default value.

#ifndef PGBALE_CATALOG_TYPE_PARTS_H_
#define PGBALE_CATALOG_TYPE_PARTS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/pg/result.h"
#include "catalog/collector.h"
#include "catalog/object.h"

namespace pgbale {

// SQL: the first items of the select list, in the order of TypeField, and the
// FROM clause that they need: pg_type t and pg_namespace n.
extern const char kTypeColumns[];
extern const char kTypeFrom[];
enum TypeField {
  kTypeOid,
  kTypeArray,
  kTypeSchema,
  kTypeName,
  kTypeOwner,
  kTypeFieldCount,  // the number of the first column that a kind adds
};

// SQL: true for rows of pg_type t that are the array type of another one, and
// so are made and dropped with that.
extern const char kIsArrayType[];

// Adds the type of `row`, whose first columns are kTypeColumns, with all but
// its body. `keyword` is what DROP and COMMENT ON call it: "TYPE", "DOMAIN".
Object& AddType(Collector& collector, pg::Row row, absl::string_view keyword);

// The type's name for SQL.
std::string TypeNameOf(const Object& type);

// SQL: the two items of the select list that TypeDefault reads, over pg_type t.
extern const char kTypeDefaultColumns[];

// What stands behind DEFAULT, the first of kTypeDefaultColumns being column
// `first`; empty if there is no default.
std::string TypeDefault(pg::Row row, int first);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_TYPE_PARTS_H_
