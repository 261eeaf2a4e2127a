// Configuration settings as the catalogs store them (pg_db_role_setting,
// pg_proc.proconfig), said again in SQL.

#ifndef PGBALE_CATALOG_SETTING_H_
#define PGBALE_CATALOG_SETTING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace pgbale {

// "SET search_path TO 'a', 'b'" out of "search_path=a, b". Parameters that
// are lists of names are stored as such lists and must be given element by
// element; every other value is one string. "" if `setting` has no "=".
std::string SetClause(absl::string_view setting);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_SETTING_H_
