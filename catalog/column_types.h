// Which types' values mean the same in every database in the binary form of
// COPY, and how wide they are in it.
//
// Portable are built-in types with a binary form, arrays of them, built-in
// ranges and multiranges, enums, and domains over any of these. Not portable
// is what carries oids that differ between databases (composites, arrays of
// user types, reg*), what depends on the session (xml, refcursor), and what
// extensions define.
//
// Immutable. Thread-compatible.

#ifndef PGBALE_CATALOG_COLUMN_TYPES_H_
#define PGBALE_CATALOG_COLUMN_TYPES_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/pg/result.h"
#include "catalog/address.h"

namespace pgbale {

struct ColumnType {
  bool binary = false;
  // Octets of each value in binary form; 0 if values vary. 0 if not binary.
  uint32_t width = 0;
  // The built-in type that it is, or is a domain over; 0: none, or not binary.
  Oid built_in = 0;
};

class ColumnTypes {
 public:
  // The query whose rows the constructor reads.
  static std::string Sql();

  explicit ColumnTypes(const pg::Result& result);

  // Text for types that are unknown.
  ColumnType Find(Oid type) const;

 private:
  absl::flat_hash_map<Oid, ColumnType> types_;
};

}  // namespace pgbale

#endif  // PGBALE_CATALOG_COLUMN_TYPES_H_
