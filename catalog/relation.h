// Relations and their columns, read once, before all kinds, because locking
// needs them and nearly every kind names a table or a column.
//
// Plain data. Thread-compatible.

#ifndef PGBALE_CATALOG_RELATION_H_
#define PGBALE_CATALOG_RELATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "catalog/address.h"

namespace pgbale {

struct RelationColumn {
  int16_t number = 0;  // attnum
  std::string name;    // raw
  Oid type = 0;
  std::string type_name;  // format_type(atttypid, atttypmod)
  bool dropped = false;
  bool local = false;     // attislocal
  bool not_null = false;  // attnotnull
  bool has_default = false;
  char identity = 0;      // 'a' always, 'd' by default, 0 none
  char generated = 0;     // 's' stored, 'v' virtual, 0 none
  char storage = 0;       // attstorage
  char type_storage = 0;  // typstorage
  char compression = 0;   // 'p', 'l', 0 default
  int32_t statistics_target = -1;
  Oid collation_oid = 0;  // attcollation, 0 none
  std::string collation;  // qualified and quoted, if not the type's; else ""
  std::vector<std::string> options;  // attoptions, "n_distinct=5"
  std::string foreign_options;       // "name 'value', …" for OPTIONS
};

struct Relation {
  Oid oid = 0;
  char kind = 0;          // relkind: r p v m f S c i I t
  std::string schema;     // raw
  std::string name;       // raw
  std::string qualified;  // quoted: what SQL names it
  std::string owner;
  char persistence = 'p';  // relpersistence: p u t
  bool is_partition = false;
  bool row_security = false;
  bool force_row_security = false;
  char replica_identity = 'd';
  Oid row_type = 0;                        // reltype
  Oid row_type_array = 0;                  // its typarray
  Oid of_type = 0;                         // reloftype
  std::string of_type_name;                // format_type of it
  std::string tablespace;                  // "" default
  std::string access_method;               // "" none or heap
  std::vector<std::string> options;        // reloptions
  std::vector<std::string> toast_options;  // of its TOAST table
  bool populated = true;                   // relispopulated
  bool has_rules = false, has_triggers = false;
  // A configuration table of an extension (pg_extension.extconfig): its rows
  // are dumped, those that fulfil the condition ("" or "WHERE …").
  bool extension_config = false;
  std::string extension_condition;
  // "" or "WHERE …": the rows that the user asked for.
  std::string where;
  int64_t pages = 0;         // relpages + those of TOAST
  std::vector<Oid> parents;  // pg_inherits by inhseqno; partitions: one
  std::vector<RelationColumn> columns;  // by number, system columns left out

  // The condition of the rows that are dumped.
  const std::string& row_condition() const {
    return extension_config ? extension_condition : where;
  }
  // What CREATE TABLE and CREATE FOREIGN TABLE make.
  bool is_table() const { return kind == 'r' || kind == 'p' || is_foreign(); }
  bool is_foreign() const { return kind == 'f'; }
  // What CREATE and ALTER call a table.
  const char* table_keyword() const {
    return is_foreign() ? "FOREIGN TABLE" : "TABLE";
  }
  Address address() const { return {catalog_oid::kClass, oid}; }
  // nullptr if there is none (system columns too).
  const RelationColumn* FindColumn(int number) const;
};

// Stable addresses: filled before any kind runs, then read only.
class RelationMap {
 public:
  // nullptr if the relation is unknown.
  const Relation* Find(Oid oid) const;
  Relation* FindMutable(Oid oid);
  void Add(Relation relation);
  const std::vector<Oid>& oids() const { return oids_; }

 private:
  absl::flat_hash_map<Oid, std::unique_ptr<Relation>> by_oid_;
  std::vector<Oid> oids_;  // in the order of Add
};

// The quoted names of columns by their numbers; none of those that `relation`
// does not have.
std::vector<std::string> ColumnNames(const Relation& relation,
                                     const std::vector<int64_t>& numbers);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_RELATION_H_
