// Objects that are known by their name alone, in a schema or outside of all,
// and whose statements are known when they are collected.

#ifndef PGBALE_CATALOG_NAMED_OBJECT_H_
#define PGBALE_CATALOG_NAMED_OBJECT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "catalog/collector.h"
#include "catalog/object.h"

namespace pgbale {

// Raw; an empty schema or owner: has none.
struct NameAndOwner {
  std::string schema, name, owner;
};

// Adds the object at `address`. `keyword` is what DROP, COMMENT ON and ALTER …
// OWNER TO call it ("COLLATION").
Object& AddNamedObject(Collector& collector, Address address,
                       absl::string_view keyword, NameAndOwner name,
                       std::vector<std::string> create);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_NAMED_OBJECT_H_
