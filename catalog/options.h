// What of a database to dump.

#ifndef PGBALE_CATALOG_OPTIONS_H_
#define PGBALE_CATALOG_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "catalog/kind.h"

namespace pgbale {

// Rows of one table: a psql pattern that matches nothing else, and what stands
// behind WHERE.
struct RowCondition {
  std::string table;
  std::string condition;
};

struct CatalogOptions {
  // psql patterns (base/pattern.h), as the user wrote them.
  std::vector<std::string> schemas, exclude_schemas;
  std::vector<std::string> tables, exclude_tables;
  std::vector<std::string> exclude_table_data;
  // … and that of all that inherits from what they match.
  std::vector<std::string> exclude_table_data_and_children;
  std::vector<std::string> extensions;
  std::vector<RowCondition> where;
  // What unlogged tables and sequences hold. A standby has none of it, which is
  // told in a warning.
  enum class Unlogged { kYes, kNo, kNotThere };
  Unlogged unlogged_data = Unlogged::kYes;
  // Patterns of foreign servers: the rows of their tables are dumped, too.
  std::vector<std::string> include_foreign_data;
  bool strict_names = false;  // each pattern must match something
  // Rows of all partitions are to be restored through their roots; else only
  // those that may belong to another partition there.
  bool load_via_root = false;

  bool schema = true;  // definitions
  bool data = true;
  bool statistics = false;  // of the planner; only 18 and later take them
  bool privileges = true;
  bool comments = true;
  bool security_labels = true;
  bool publications = true;
  bool subscriptions = true;
  // Large objects: unset, they come unless schemas or tables were named.
  enum class LargeObjects { kDefault, kYes, kNo };
  LargeObjects large_objects = LargeObjects::kDefault;

  // False: nothing of the database, only what of the server is asked for.
  bool database = true;
  // What belongs to the server: roles, their memberships, settings and
  // privileges on parameters; tablespaces.
  bool roles = false;
  bool tablespaces = false;
  // Passwords of roles, which only a superuser can read.
  bool role_passwords = true;

  // Where row security hides rows from the role, dump the others; else that
  // is an error.
  bool row_security = false;

  // Milliseconds to wait for a table's lock; 0 for ever.
  int64_t lock_wait_timeout_ms = 0;

  // For tests of the coverage guard, and nothing else: kinds that are not
  // collected, derived or written, as if nobody had made them yet. What they
  // would have put into the archive must then be named as missing.
  absl::flat_hash_set<KindId> without_kinds;

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
