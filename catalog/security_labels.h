// Security labels: from pg_seclabel to SECURITY LABEL.

#ifndef PGBALE_CATALOG_SECURITY_LABELS_H_
#define PGBALE_CATALOG_SECURITY_LABELS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/pg/connection.h"
#include "catalog/place.h"

namespace pgbale {

struct SecurityLabelRecord {
  Place place;
  std::string provider;  // raw
  std::string label;
};

// Reads the labels of all objects that users made, of the schema "public", of
// large objects, of the current database and its subscriptions, of roles and
// tablespaces, by address, column and provider; one query.
absl::StatusOr<std::vector<SecurityLabelRecord>> ReadSecurityLabels(
    pg::Connection& connection);

// "SECURITY LABEL FOR … ON … IS '…'"; `target` as TargetAt gives it.
std::string SecurityLabelStatement(const SecurityLabelRecord& record,
                                   absl::string_view target);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_SECURITY_LABELS_H_
