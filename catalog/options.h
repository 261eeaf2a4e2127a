// What of a database to dump.

#ifndef PGBALE_CATALOG_OPTIONS_H_
#define PGBALE_CATALOG_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace pgbale {

struct CatalogOptions {
  // psql patterns (base/pattern.h), as the user wrote them.
  std::vector<std::string> schemas, exclude_schemas;
  std::vector<std::string> tables, exclude_tables;
  std::vector<std::string> exclude_table_data;
  std::vector<std::string> extensions;
  bool strict_names = false;  // each pattern must match something

  bool schema = true;  // definitions
  bool data = true;
  bool privileges = true;
  bool comments = true;
  // Large objects: unset, they come unless schemas or tables were named.
  enum class LargeObjects { kDefault, kYes, kNo };
  LargeObjects large_objects = LargeObjects::kDefault;

  // Milliseconds to wait for a table's lock; 0 for ever.
  int64_t lock_wait_timeout_ms = 0;

  // No -n, -t, -e: objects outside schemas (extensions, casts, …) come too.
  bool everything() const {
    return schemas.empty() && tables.empty() && extensions.empty();
  }

  // They count as data, whole: without data they are not even created.
  bool wants_large_objects() const {
    if (!data) return false;
    return large_objects == LargeObjects::kDefault
               ? everything()
               : large_objects == LargeObjects::kYes;
  }
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_OPTIONS_H_
