// What plain indexes and indexes of constraints have in common: attributes
// that CREATE INDEX and ADD CONSTRAINT cannot say.

#ifndef PGBALE_CATALOG_INDEX_PARTS_H_
#define PGBALE_CATALOG_INDEX_PARTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/pg/result.h"

namespace pgbale {

// SQL: select-list items that MakeIndexParts reads, and the joins that they
// need, of a query over pg_index i and pg_class x (the index). `which`, if not
// empty: a subquery for the oids of those whose columns may have statistics
// targets or options, if they are few.
extern const char kIndexPartsColumns[];
std::string IndexPartsJoins(absl::string_view which = "");

struct IndexParts {
  std::string tablespace;  // raw; empty: the database's
  bool clustered = false;
  bool replica_identity = false;
  std::vector<std::pair<int, int>> statistics;  // column number, target
  std::vector<std::string> extensions;          // raw: DEPENDS ON EXTENSION
  // Of the index, or of what is sorted for it; as of the last VACUUM, ANALYZE,
  // …
  uint64_t bytes = 0;
  bool is_btree = false;
};

// Reads the columns of kIndexPartsColumns, the first of which is `first`.
IndexParts MakeIndexParts(pg::Row row, int first);

// The statements that follow the one which makes `index` (raw name, in
// `schema`) on `table` (quoted).
std::vector<std::string> IndexPartsStatements(const IndexParts& parts,
                                              absl::string_view table,
                                              absl::string_view schema,
                                              absl::string_view index);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_INDEX_PARTS_H_
