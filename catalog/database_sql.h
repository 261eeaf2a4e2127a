// What the catalog says of a database, and the statement that makes one like
// it.

#ifndef PGBALE_CATALOG_DATABASE_SQL_H_
#define PGBALE_CATALOG_DATABASE_SQL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/pg/result.h"

namespace pgbale {

// The columns of DatabaseSql.
struct DatabaseField {
  enum : int {
    kOid,
    kName,
    kOwner,
    kEncoding,
    kProvider,
    kCollate,
    kCtype,
    kLocale,
    kIcuRules,
    kTablespace
  };
};

// The database that one is connected to, one row.
std::string DatabaseSql(int server_major);

// CREATE DATABASE `name` (raw) with encoding, locale and tablespace of `row`,
// of DatabaseSql, on a server of the same version.
std::string CreateDatabaseSql(pg::Row row, absl::string_view name);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_DATABASE_SQL_H_
