// Definitions as the server prints them, of many objects in one query.

#ifndef PGBALE_CATALOG_PRINTED_H_
#define PGBALE_CATALOG_PRINTED_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "catalog/collector.h"

namespace pgbale {

using PrintedByOid = absl::flat_hash_map<Oid, std::string>;

// What `function` ("pg_get_indexdef") prints of each of `oids`; no query if
// there are none.
absl::StatusOr<PrintedByOid> ReadPrinted(Collector& collector,
                                         absl::string_view function,
                                         const std::vector<Oid>& oids);

}  // namespace pgbale

#endif  // PGBALE_CATALOG_PRINTED_H_
