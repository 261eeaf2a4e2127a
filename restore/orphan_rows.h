// Rows that a foreign key that is not validated keeps nobody from having: they
// refer to rows that do not exist.

#ifndef PGBALE_RESTORE_ORPHAN_ROWS_H_
#define PGBALE_RESTORE_ORPHAN_ROWS_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/pg/connection.h"

namespace pgbale {

// A foreign key as the target has it; all raw.
struct KeyName {
  std::string schema, table, name;
};
// By the entries that make them.
using KeyNames = absl::flat_hash_map<uint32_t, KeyName>;

// Of `key`, which stands. An open transaction goes on, whatever comes of it.
// Errors: a query's; kError if there is no such key.
absl::StatusOr<uint64_t> CountOrphans(pg::Connection& connection,
                                      const KeyName& key, bool in_transaction);

}  // namespace pgbale

#endif  // PGBALE_RESTORE_ORPHAN_ROWS_H_
