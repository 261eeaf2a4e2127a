// Which objects the user's options select, by pg_dump's rules: -t outweighs
// -n; with either, objects outside schemas stay out; what belongs to a table
// follows it; exclusions win.
//
// Thread-compatible.

#ifndef PGBALE_CATALOG_SELECTION_H_
#define PGBALE_CATALOG_SELECTION_H_

#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/pattern.h"
#include "catalog/catalog.h"
#include "catalog/object.h"
#include "catalog/options.h"
#include "catalog/relation.h"

namespace pgbale {

class TablePatterns;

class ObjectSelection {
 public:
  // Matches the options' patterns against `schemas` (all schemas that users
  // made) and `relations`. `search_path` is the session's own: a table pattern
  // without a schema means tables that are visible in it. Error (usage): a
  // pattern that matches nothing, if options.strict_names or if no pattern of
  // its kind matches anything; a table of options.where that is
  // not one table with rows of its own, or none that is dumped.
  static absl::StatusOr<ObjectSelection> Make(
      const CatalogOptions& options, const std::vector<std::string>& schemas,
      const std::vector<std::string>& search_path,
      const RelationMap& relations);

  bool HasSchema(const std::string& schema) const {
    return schemas_.count(schema) != 0;
  }
  bool HasRelation(Oid oid) const { return relations_.contains(oid); }

  // --exclude-table-data names the relation, be it selected or not.
  bool ExcludesRows(Oid oid) const { return without_data_.contains(oid); }

  // The tables of options.where, with "WHERE …" for each.
  const absl::flat_hash_map<Oid, std::string>& conditions() const {
    return conditions_;
  }
  // Relations that are selected without what they hold because they are
  // unlogged.
  const std::vector<Oid>& unlogged() const { return unlogged_; }

  // Objects outside schemas are selected.
  bool everything() const { return options_.everything(); }

  // Sets `wanted` of every object; may run again when objects were added.
  void Mark(Catalog& catalog) const;

 private:
  absl::Status SelectSchemas(const std::vector<std::string>& schemas);
  absl::Status SelectRelations(const std::vector<std::string>& search_path,
                               const RelationMap& relations);
  absl::Status SelectRows(const TablePatterns& tables,
                          const RelationMap& relations);
  void LeaveOutUnlogged(const RelationMap& relations);
  absl::Status SelectConditions(const TablePatterns& tables,
                                const RelationMap& relations);
  Wanted WantedOf(const Catalog& catalog, const Object& object) const;
  // What selects the object, or what it belongs to, --exclude-table-data
  // aside.
  Wanted SelectedOf(const Catalog& catalog, const Object& object) const;
  // True if the rows of the relation that is or holds `object` are left out:
  // a table's rows, but not the sequence that belongs to a column of it.
  bool ExcludesData(const Catalog& catalog, const Object& object) const;
  Wanted WantedOfMember(const Catalog& catalog, const Object& object) const;
  bool Selects(const Object& object) const;
  // A relation with a parent that is selected with it, or by itself.
  static bool StandsAlone(const Object& object);
  bool SelectsExtension(const Object& object) const;

  CatalogOptions options_;
  std::set<std::string> schemas_;
  absl::flat_hash_set<Oid> relations_;
  absl::flat_hash_set<Oid> without_data_;
  absl::flat_hash_map<Oid, std::string> conditions_;
  std::vector<Oid> unlogged_;
  std::vector<NamePattern> extensions_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_SELECTION_H_
