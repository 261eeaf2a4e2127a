// CREATE INDEX as pg_get_indexdef prints it, without a call of it for each
// index: in a large schema those calls are a sixth of what a dump costs the
// server. Most indexes are columns with their types' default operator classes,
// which is told from the catalogs; the server is asked for all others at once.

#ifndef PGBALE_CATALOG_INDEX_DEFINITION_H_
#define PGBALE_CATALOG_INDEX_DEFINITION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "catalog/collector.h"
#include "catalog/relation.h"

namespace pgbale {

// SQL: select-list items that IndexDefinitions::Of reads, of a query over
// pg_index i, pg_class x (the index), pg_am m (its access method) and
// IndexPartsJoins().
extern const char kIndexDefinitionColumns[];
inline constexpr int kIndexDefinitionItems = 8;

// Thread-compatible.
class IndexDefinitions {
 public:
  // Reads the operator classes of the database.
  static absl::StatusOr<IndexDefinitions> Read(Collector& collector);

  // The statement that makes `index` (quoted) on `table`; nullopt: only the
  // server can tell. `row` has the columns from `first` on. NULLS NOT DISTINCT
  // is not looked at.
  std::optional<std::string> Of(pg::Row row, int first, const Relation& table,
                                absl::string_view index) const;

 private:
  struct OperatorClass {
    Oid type = 0;
    bool is_default = false;
  };

  bool IsDefault(Oid operator_class, Oid type,
                 absl::string_view access_method) const;

  absl::flat_hash_map<Oid, OperatorClass> classes_;
  bool varchar_has_own_ = false;  // a default operator class
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_INDEX_DEFINITION_H_
